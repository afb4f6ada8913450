package dev.nacelle.frontend.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
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
    private final Optional<ChunkSink> chunks;
    private final long waitNanos;
    private final WriterThread.Job job;
    private final Pending pending = new Pending();
    /** While true there is no need to wake anybody: frames are asked for once more before the stream goes idle. */
    private volatile boolean busy;

    private volatile boolean keepAliveDue;
    private volatile long lastWriteNanos = System.nanoTime();
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
        chunks = chunked.map(ChunkSink::new);
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
        chunks.ifPresent(sink -> sink.giveUp(cause));
    }

    /** Gives the stream up: nothing more is written once the write under way has ended. From any thread, idempotent. */
    public void abort(Throwable cause) {
        if (aborted == null) aborted = cause;
        job.wake();
    }

    private void run() {
        try {
            while (!over && pending.isOver()) {
                var failure = pending.failure() != null ? pending.failure() : aborted;
                if (failure != null) broken(failure);
                else if (last) complete();
                else if (!writeMore()) return;
            }
        } catch (IOException e) {
            broken(e);
        } catch (RuntimeException | Error e) {
            if (over) throw e;
            broken(e);
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
        if (begun && !last && chunks.isPresent()) {
            if (chunks.get().write(bytes)) return;
            chunks.get().writeRest(bytes, pending.begin());
        } else {
            begun = true;
            response.write(last, bytes, pending.begin());
        }
        pending.returned();
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

    private void complete() {
        over = true;
        frames.written();
    }

    private void broken(Throwable cause) {
        over = true;
        frames.broken(cause);
    }

    /** A write that may end later, on any thread. */
    private final class Pending implements Callback {
        private enum State {
            OVER,
            /** Begun, by a call that may end it before it returns. */
            BEGUN,
            /** Waited for: its end wakes the writer. */
            AWAITED
        }

        private final AtomicReference<State> state = new AtomicReference<>(State.OVER);
        private volatile @Nullable Throwable failure;

        boolean isOver() {
            return state.get() == State.OVER;
        }

        @Nullable
        Throwable failure() {
            return failure;
        }

        Callback begin() {
            state.set(State.BEGUN);
            return this;
        }

        /** The call that began it has returned. */
        void returned() {
            state.compareAndSet(State.BEGUN, State.AWAITED);
        }

        @Override
        public void succeeded() {
            if (state.getAndSet(State.OVER) == State.AWAITED) job.wake();
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
            succeeded();
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
