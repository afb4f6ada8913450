package dev.nacelle.frontend.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * Writes one stream as its bytes become ready: asynchronously, one write at a time, whatever is ready in one write. The
 * work is done on a {@link WriterThread}, or on the thread that reports a write that had to wait for the client.
 */
public final class EventStream {
    private final Frames frames;
    private final Content.Sink sink;
    private final Optional<ChunkSink> direct;
    private final long waitNanos;
    private final WriterThread.Job job;
    private final Writes writes = new Writes();
    /** While true there is no need to wake anybody: frames are asked for once more before the stream goes idle. */
    private volatile boolean busy;

    private volatile boolean keepAliveDue;
    private volatile long lastWriteNanos = System.nanoTime();

    /**
     * @param response where the bytes go; its writes complete on any thread
     * @param chunked the connection of a response that is written in chunks, and that nobody else writes to; empty otherwise
     * @param wait how long a write waits for more, after the one before
     */
    public EventStream(
            Frames frames,
            Content.Sink response,
            Optional<AbstractEndPoint> chunked,
            Duration wait,
            WriterThread writer) {
        this.frames = frames;
        direct = chunked.map(connection -> new ChunkSink(response, connection));
        sink = direct.<Content.Sink>map(chunks -> chunks).orElse(response);
        waitNanos = wait.toNanos();
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

    /** Gives up a write that the client does not take, as an idle connection's. From any thread. */
    public void giveUpWrite(TimeoutException cause) {
        direct.ifPresent(chunks -> chunks.giveUp(cause));
    }

    /** Gives the stream up: nothing more is written. From any thread, idempotent. */
    public void abort(Throwable cause) {
        writes.abort(cause);
    }

    private final class Writes extends IteratingCallback {
        private boolean last;
        private boolean begun;
        private long askedNanos;

        @Override
        protected Action process() {
            if (last) return Action.SUCCEEDED;
            // In this order: a frame that is not seen by next() below sees that nobody is busy, and wakes.
            busy = false;
            if (isEarly()) return Action.IDLE;
            ByteBuffer bytes = frames.next();
            last = frames.isLast();
            if (!bytes.hasRemaining() && !last) {
                if (!keepAliveDue) return Action.IDLE;
                bytes = frames.keepAlive();
            }
            keepAliveDue = false;
            busy = true;
            begun = true;
            lastWriteNanos = System.nanoTime();
            sink.write(last, bytes, this);
            return Action.SCHEDULED;
        }

        /** Whether the write is to wait; the job comes again by itself. */
        private boolean isEarly() {
            if (waitNanos == 0 || !begun || keepAliveDue) return false;
            long due = lastWriteNanos + waitNanos;
            if (System.nanoTime() - due >= 0) return false;
            if (askedNanos != due) job.wakeAt(due);
            askedNanos = due;
            return true;
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
