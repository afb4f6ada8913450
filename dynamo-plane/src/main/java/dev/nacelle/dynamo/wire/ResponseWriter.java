package dev.nacelle.dynamo.wire;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;

/** Renders one response's items. One thread at a time. */
public interface ResponseWriter {
    /** Adds a token of the first choice; may wait for more of them until {@link #flush}. */
    void token(int id, FrameBuffer to);

    /** Adds a richer item. */
    void chunk(Chunk chunk, FrameBuffer to);

    /** Ends the chunk that waits for more tokens, if there is one. */
    void flush(FrameBuffer to);

    /** The end of a response that came to its end. */
    void finished(FinishReason reason, Usage usage, FrameBuffer to);

    /** The end of one that failed. */
    default void failed(EngineError error, FrameBuffer to) {
        ErrorClass.of(error).render(error, to);
        Stream.end(to);
    }
}
