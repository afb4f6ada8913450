package dev.nacelle.frontend.stream;

import dev.nacelle.frontend.api.JsonBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
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
public final class EventStream extends WriterThread.Job {
    private final Frames frames;
    private final Content.Sink response;
    private final @Nullable ChunkSink chunks; // null for a response that is not written in chunks
    private final long waitNanos;
    private final JsonBuffer out;
    private final Pending pending = new Pending();

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
    private boolean more;
    private boolean over;
    private long askedNanos;
    /** Where what was prepared is in the writer's buffer. */
    private int from;

    private int to;
    /** Used again where each write is one of the response's, which take longer than a turn. */
    private @Nullable ByteBuffer kept;

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
        super(writer);
        this.frames = frames;
        this.response = response;
        chunks = chunked.map(ChunkSink::new).orElse(null);
        waitNanos = wait.toNanos();
        out = writer.out();
    }

    /** Writes the frames' keep-alive, unless something else is being written or ready by then. From any thread. */
    public void keepAlive() {
        keepAliveDue = true;
        wake();
    }

    /** When bytes were last given to the sink, on {@link System#nanoTime}'s clock; at first, when the stream was made. */
    public long lastWriteNanos() {
        return lastWriteNanos;
    }

    /** Whether a write waits for the client to read. */
    public boolean isWriting() {
        return pends;
    }

    /** Gives up a write that the client does not take, as an idle connection's. From any thread. */
    public void giveUpWrite(TimeoutException cause) {
        var sink = chunks;
        if (sink != null) sink.giveUp(cause);
    }

    /** Gives the stream up: nothing more is written once the write under way has ended. From any thread, idempotent. */
    public void abort(Throwable cause) {
        if (aborted == null) aborted = cause;
        wake();
    }

    @Override
    boolean prepare() {
        try {
            while (!over && !pends) {
                var failure = broken;
                var given = aborted;
                if (failure != null) end(failure);
                else if (last) end(); // all is written: who left then, left with a whole response
                else if (given != null) end(given);
                else if (!render()) return false;
                else if (begun && !last && chunks != null) return true;
                else respond();
            }
        } catch (RuntimeException | Error e) {
            if (over) throw e;
            end(e);
        }
        return false;
    }

    /** Writes a chunk past the response, which wrote the head before and will write the end. */
    @Override
    void write() {
        var sink = Objects.requireNonNull(chunks);
        var bytes = out.view(from, to);
        try {
            if (!sink.write(bytes, lastWriteNanos)) sink.writeRest(keep(bytes), pending.begin());
            else if (more) wake();
        } catch (IOException | RuntimeException | Error e) {
            end(e);
        }
    }

    @Override
    int touch() {
        var sink = chunks;
        return frames.touch() + to + (sink == null ? 0 : sink.touch());
    }

    private void respond() {
        begun = true;
        response.write(last, keep(out.view(from, to)), pending.begin());
    }

    /** @return false when there is nothing to write now */
    private boolean render() {
        if (isEarly()) return false;
        out.begin(ChunkSink.ROOM);
        more = frames.next();
        last = frames.isLast();
        if (out.isEmpty() && !last) {
            if (!keepAliveDue) return false;
            frames.keepAlive();
        }
        keepAliveDue = false;
        lastWriteNanos = System.nanoTime();
        from = out.start();
        to = out.end();
        return true;
    }

    /** A copy of what does not go out within the turn. */
    private ByteBuffer keep(ByteBuffer bytes) {
        var copy = kept;
        if (copy == null || copy.capacity() < bytes.remaining()) copy = ByteBuffer.allocate(bytes.remaining());
        if (chunks == null) kept = copy;
        return copy.clear().put(bytes).flip();
    }

    /** Whether the write is to wait; the job comes again by itself. */
    private boolean isEarly() {
        if (waitNanos == 0 || !begun || keepAliveDue) return false;
        long due = lastWriteNanos + waitNanos;
        if (System.nanoTime() - due >= 0) return false;
        if (askedNanos != due) wakeAt(due);
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
            wake();
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
