package dev.nacelle.runtime.plane;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;

/**
 * The requester's side of a response: a bounded queue. Called by one thread at a time, in order, never concurrently;
 * nothing here blocks but {@link #awaitWritable}.
 */
public interface ResponseReceiver {
    /** Takes one token of the first choice. @return false when the queue is full and the token was not taken */
    boolean token(int id);

    /** Takes a richer item. @return false when the queue is full and the item was not taken */
    boolean chunk(Chunk chunk);

    /** False while the queue is nearly full. From any thread. */
    boolean isWritable();

    /** Blocks until {@link #isWritable} turns true or the response has ended. From any thread. */
    void awaitWritable() throws InterruptedException;

    /** The terminal of a response that came to its end. Always taken. */
    void finished(FinishReason reason, Usage usage);

    /** The terminal of a response that failed. Always taken. */
    void failed(EngineError error);
}
