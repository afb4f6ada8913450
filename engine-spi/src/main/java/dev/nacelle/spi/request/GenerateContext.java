package dev.nacelle.spi.request;

import java.util.Map;

/** What belongs to one running request beside its content. Safe from any thread, for the request's life. */
public interface GenerateContext {
    /** The request's id: printable, unique in the process, the one that the logs show. */
    String id();

    /**
     * True once the caller gave up or the host stops. The engine then finishes the stream with
     * {@link FinishReason#CANCELLED} within 2 s. One volatile read: cheap enough for every token.
     */
    boolean isCancelled();

    /**
     * Runs {@code action} once when the request is cancelled: on a thread that the host keeps for cancellations, or at
     * once on the caller's own when the request already is. It must be short; what it throws is logged.
     */
    void onCancel(Runnable action);

    /** For engines that know the first token earlier than its emission; the runtime calls it otherwise. Idempotent. */
    void notifyFirstToken();

    /** Free-form metadata that travels with the request. A live, thread-safe map that the engine may change. */
    Map<String, String> metadata();

    /**
     * Headers for the engine to hand on to what it asks: those of the W3C's trace context ({@code traceparent},
     * {@code tracestate}) where the request is traced, and {@code x-request-id}, its caller's id of it, where it has one.
     */
    Map<String, String> traceHeaders();
}
