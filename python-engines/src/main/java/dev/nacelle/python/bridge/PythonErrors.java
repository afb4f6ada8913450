package dev.nacelle.python.bridge;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's exceptions as the engine contract's errors. */
final class PythonErrors {
    private static final System.Logger LOG = System.getLogger(PythonErrors.class.getName());
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private PythonErrors() {}

    /**
     * What an ERROR frame says. Its traceback becomes the cause, for the log, where the engine is at fault or in trouble;
     * what is the caller's doing is logged at debug level alone.
     */
    static EngineException exception(Map<String, @Nullable Object> said) {
        var error = error(said);
        var traceback = String.valueOf(said.get("traceback"));
        return switch (error) {
            case EngineError.InvalidArgument _,
                    EngineError.Overloaded _,
                    EngineError.Cancelled _,
                    EngineError.Draining _ -> {
                LOG.log(System.Logger.Level.DEBUG, traceback);
                yield new EngineException(error);
            }
            case EngineError.CannotConnect _,
                    EngineError.Disconnected _,
                    EngineError.ConnectionTimeout _,
                    EngineError.ResponseTimeout _,
                    EngineError.StreamIncomplete _,
                    EngineError.EngineShutdown _,
                    EngineError.WorkerUnavailable _,
                    EngineError.HttpError _,
                    EngineError.Unknown _ -> new EngineException(error, new PythonTraceback(traceback));
        };
    }

    /** An error that the engine sent as {@code finish_reason: "error: text"}. */
    static EngineException finished(String text) {
        return new EngineException(new EngineError.Unknown(text.isBlank() ? "the engine gave no reason" : text));
    }

    static EngineException gone(String reason) {
        return new EngineException(new EngineError.EngineShutdown(reason));
    }

    private static EngineError error(Map<String, @Nullable Object> said) {
        var text = String.valueOf(said.get("message"));
        var message = text.isBlank() ? String.valueOf(said.get("type")) : text;
        return switch (String.valueOf(said.get("type"))) {
            case "InvalidArgument" -> new EngineError.InvalidArgument(message);
            case "CannotConnect" -> new EngineError.CannotConnect(message);
            case "Disconnected" -> new EngineError.Disconnected(message);
            case "ConnectionTimeout" -> new EngineError.ConnectionTimeout(message);
            case "Cancelled" -> new EngineError.Cancelled(message);
            case "EngineShutdown" -> new EngineError.EngineShutdown(message);
            case "StreamIncomplete" -> new EngineError.StreamIncomplete(message);
            case "WorkerUnavailable" -> new EngineError.WorkerUnavailable(message);
            case "Overloaded", "RouterQueueLimitExceeded" ->
                new EngineError.Overloaded(message, retryAfter(said.get("retry_after")));
            case "HttpError" -> httpError(said.get("code"), message);
            default -> new EngineError.Unknown(message);
        };
    }

    private static EngineError httpError(@Nullable Object code, String message) {
        int status = code instanceof Integer i ? i : 500;
        return status >= 400 && status <= 599
                ? new EngineError.HttpError(status, message)
                : new EngineError.Unknown(
                        "HttpError with status %d, expected 400 to 599: %s".formatted(status, message));
    }

    private static Duration retryAfter(@Nullable Object seconds) {
        return seconds instanceof Number n && n.doubleValue() > 0 && n.doubleValue() < 86_400
                ? Duration.ofMillis((long) (1_000 * n.doubleValue()))
                : RETRY_AFTER;
    }
}
