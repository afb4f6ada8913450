package dev.nacelle.spi.request;

/**
 * Where an engine pushes one request's response: zero or more items, then exactly one terminal — {@link #finish} here,
 * or an {@code EngineException} thrown from {@code generate} — and nothing after it.
 *
 * <p>Never blocks (but for {@link #awaitWritable}), and may be called from any thread, one at a time: a scheduler that
 * steps a whole batch feeds every stream from its own thread. Items after the terminal are discarded and reported as a
 * broken contract; after a cancellation they are discarded silently.
 *
 * <p>A response that goes out in one piece may be written by its terminal, when that comes on the thread of
 * {@code generate}: the caller can have it, and ask again, before the terminal returns.
 */
public interface ResponseSink {
    /**
     * Emits one token of the first choice. Allocates nothing where the response is streamed, or the token comes on a thread
     * that steps a batch.
     */
    void token(int id);

    /** Emits anything richer than a token. */
    void emit(Chunk chunk);

    /** Ends the stream and says what it consumed. */
    void finish(FinishReason reason, Usage usage);

    /** Ends the stream; the runtime counts the tokens by itself. */
    void finish(FinishReason reason);

    /**
     * False while this stream's bounded queue is nearly full. An engine that makes tokens faster than they are read
     * leaves such a stream out of a step; one that ignores it risks this stream, which then ends as overloaded, and no
     * other.
     */
    boolean isWritable();

    /** Blocks until {@link #isWritable} or the request is cancelled; for engines with a thread per request. */
    void awaitWritable() throws InterruptedException;
}
