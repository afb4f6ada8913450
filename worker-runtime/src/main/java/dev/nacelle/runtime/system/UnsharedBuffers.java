package dev.nacelle.runtime.system;

import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;

/**
 * A buffer of its own for whoever asks. With a pool, Jetty 12.1.14 may still be reading into a connection's buffer when
 * another connection has got it: after a request that is no HTTP one thread releases the buffer while a second one looks for
 * the connection's end. Other callers' requests were cut or lost that way. Safe from any thread.
 */
public final class UnsharedBuffers implements ByteBufferPool {
    /** On the heap whatever is asked for: outside of it a buffer costs more than the copy that it saves. */
    @Override
    public RetainableByteBuffer.Mutable acquire(int size, boolean direct) {
        return NON_POOLING.acquire(size, false);
    }

    @Override
    public void clear() {
        // Nothing is kept.
    }
}
