package dev.nacelle.frontend.stream;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * Writes one stream as its bytes become ready: asynchronously, one write at a time, whatever is ready in one write. The
 * work is done on a {@link WriterThread}, or on the thread that reports a write that had to wait for the client.
 */
public final class EventStream {
    private final Frames frames;
    private final Content.Sink sink;
    private final WriterThread.Job job;
    private final Writes writes = new Writes();
    /** While true there is no need to wake anybody: frames are asked for once more before the stream goes idle. */
    private volatile boolean busy;

    private volatile boolean keepAliveDue;
    private volatile long lastWriteNanos = System.nanoTime();

    /**
     * @param sink where the bytes go; its writes complete on any thread
     */
    public EventStream(Frames frames, Content.Sink sink, WriterThread writer) {
        this.frames = frames;
        this.sink = sink;
        job = writer.job(writes::iterate);
    }

    /** There may be something to write. From any thread; never blocks, allocates nothing. */
    public void wake() {
        if (!busy) job.wake();
    }

    /** Writes the frames' keep-alive, unless something else is being written or ready by then. From any thread. */
    public void keepAlive() {
        keepAliveDue = true;
        job.wake();
    }

    /** When bytes were last given to the sink, on {@link System#nanoTime}'s clock; at first, when the stream was made. */
    public long lastWriteNanos() {
        return lastWriteNanos;
    }

    /** Whether a write waits for the client to read. */
    public boolean isWriting() {
        return busy;
    }

    /** Gives the stream up: nothing more is written. From any thread, idempotent. */
    public void abort(Throwable cause) {
        writes.abort(cause);
    }

    private final class Writes extends IteratingCallback {
        private boolean last;

        @Override
        protected Action process() {
            if (last) return Action.SUCCEEDED;
            // In this order: a frame that is not seen by next() below sees that nobody is busy, and wakes.
            busy = false;
            ByteBuffer bytes = frames.next();
            last = frames.isLast();
            if (!bytes.hasRemaining() && !last) {
                if (!keepAliveDue) return Action.IDLE;
                bytes = frames.keepAlive();
            }
            keepAliveDue = false;
            busy = true;
            lastWriteNanos = System.nanoTime();
            sink.write(last, bytes, this);
            return Action.SCHEDULED;
        }

        @Override
        protected void onCompleteSuccess() {
            frames.written();
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            frames.broken(cause);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
