package dev.nacelle.spi.error;

import java.time.Duration;

/**
 * Why a request failed: classified once, where it happened, and mapped at each edge (HTTP status, {@code error_type}
 * label, Python exception) by one exhaustive switch. The message is for the caller and says what can be done; internal
 * detail belongs into the cause of the {@link EngineException} that carries the error.
 */
public sealed interface EngineError {
    /** What happened, for people; never empty. */
    String message();

    /** The request itself is at fault; sending it again unchanged cannot succeed. */
    record InvalidArgument(String message) implements EngineError {}

    /** No capacity at the moment; worth a retry after {@code retryAfter}. */
    record Overloaded(String message, Duration retryAfter) implements EngineError {
        public Overloaded {
            if (retryAfter.isNegative())
                throw new IllegalArgumentException("retryAfter %s, expected zero or more".formatted(retryAfter));
        }
    }

    /** The worker finishes what it has and takes nothing new. */
    record Draining(String message) implements EngineError {}

    /** No connection to the worker could be made; it has not seen the request. */
    record CannotConnect(String message) implements EngineError {}

    /** The connection broke while the request was running. */
    record Disconnected(String message) implements EngineError {}

    /** The connection was not made in time. */
    record ConnectionTimeout(String message) implements EngineError {}

    /** The worker was reached, and did not answer in time. */
    record ResponseTimeout(String message) implements EngineError {}

    /** The response ended before its terminal item. */
    record StreamIncomplete(String message) implements EngineError {}

    /** The caller gave the request up. */
    record Cancelled(String message) implements EngineError {}

    /** The engine went away, or is going, with the request unfinished. */
    record EngineShutdown(String message) implements EngineError {}

    /** No worker can serve the request at the moment. */
    record WorkerUnavailable(String message) implements EngineError {}

    /** An error of the engine's own choice of HTTP status (Python's {@code HttpError}). */
    record HttpError(int status, String message) implements EngineError {
        public HttpError {
            if (status < 400 || status > 599)
                throw new IllegalArgumentException("status %d, expected 400 to 599".formatted(status));
        }
    }

    /** Anything else: a defect of the engine, or a broken contract. */
    record Unknown(String message) implements EngineError {}
}
