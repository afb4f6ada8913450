package dev.nacelle.frontend.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Writes one stream as its bytes become ready: asynchronously, one write at a time, whatever is ready in one write. All of
 * it happens on a {@link WriterThread}, so that nothing here needs a lock; others only wake it.
 */
public final class EventStream {
    private final Frames frames;
    private final Content.Sink response;
    private final @Nullable ChunkSink chunks; // null for a response that is not written in chunks
    private final long waitNanos;
    private final WriterThread.Job job;
    private final Pending pending = new Pending();
    /** While true there is no need to wake anybody: frames are asked for once more before the stream goes idle. */
    private volatile boolean busy;

    private volatile boolean keepAliveDue;
    private volatile long lastWriteNanos = System.nanoTime();
    /** A write was begun that has not ended; while true, nothing else happens to the stream. */
    private volatile boolean pends;

    /** Why a write failed. */
    private volatile @Nullable Throwable broken;

    /** Why nothing more is to be written. */
    private volatile @Nullable Throwable aborted;

    // Of the writer's thread alone.
    private boolean begun;
    private boolean last;
    private boolean over;
    private long askedNanos;

    /**
     * A stream of which nothing is written yet.
     *
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
        this.response = response;
        chunks = chunked.map(ChunkSink::new).orElse(null);
        waitNanos = wait.toNanos();
        job = writer.job(this::run);
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
        var sink = chunks;
        if (sink != null) sink.giveUp(cause);
    }

    /** Gives the stream up: nothing more is written once the write under way has ended. From any thread, idempotent. */
    public void abort(Throwable cause) {
        if (aborted == null) aborted = cause;
        job.wake();
    }

    private void run() {
        try {
            while (!over && !pends) {
                var failure = broken;
                var given = aborted;
                if (failure != null) end(failure);
                else if (last) end(); // all is written: who left then, left with a whole response
                else if (given != null) end(given);
                else if (!writeMore()) return;
            }
        } catch (IOException e) {
            end(e);
        } catch (RuntimeException | Error e) {
            if (over) throw e;
            end(e);
        }
    }

    /** @return false when there is nothing to write now */
    private boolean writeMore() throws IOException {
        // In this order: a frame that is not seen by next() below sees that nobody is busy, and wakes.
        busy = false;
        if (isEarly()) return false;
        ByteBuffer bytes = frames.next();
        last = frames.isLast();
        if (!bytes.hasRemaining() && !last) {
            if (!keepAliveDue) return false;
            bytes = frames.keepAlive();
        }
        keepAliveDue = false;
        busy = true;
        lastWriteNanos = System.nanoTime();
        write(bytes);
        return true;
    }

    private void write(ByteBuffer bytes) throws IOException {
        var sink = chunks;
        if (begun && !last && sink != null) {
            if (sink.write(bytes)) return;
            sink.writeRest(bytes, pending.begin());
        } else {
            begun = true;
            response.write(last, bytes, pending.begin());
        }
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

    private void end() {
        over = true;
        frames.written();
    }

    private void end(Throwable cause) {
        over = true;
        frames.broken(cause);
    }

    /** Ends a write, on whatever thread that happens. The writer may have been woken once too often: it looks itself. */
    private final class Pending implements Callback {
        Callback begin() {
            pends = true;
            return this;
        }

        @Override
        public void succeeded() {
            pends = false;
            job.wake();
        }

        @Override
        public void failed(Throwable cause) {
            broken = cause;
            succeeded();
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
