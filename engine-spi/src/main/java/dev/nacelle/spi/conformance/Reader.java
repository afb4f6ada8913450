package dev.nacelle.spi.conformance;

import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream that reads: writable for so many items, then not until {@link #readOn}. Uses monitors throughout:
 * a lock's park could use up the permit that an engine's own thread waits for.
 */
final class Reader implements ResponseSink {
    static final int UNBOUNDED = Integer.MAX_VALUE;
    private static final long LINGER_NANOS = 200_000;

    private final Answer.Builder answer = new Answer.Builder();
    private final boolean lingers;
    private int capacity;
    private int items;
    private boolean cancelled;
    private boolean over;
    private @Nullable FinishReason reason;
    private @Nullable Usage usage;

    /** @param lingers stays in each call for a moment, so that a second thread is caught in it */
    Reader(int capacity, boolean lingers) {
        this.capacity = capacity;
        this.lingers = lingers;
    }

    @Override
    public void token(int id) {
        linger();
        synchronized (this) {
            answer.token(id);
            items++;
            notifyAll();
        }
    }

    @Override
    public void emit(Chunk chunk) {
        linger();
        synchronized (this) {
            answer.emit(chunk);
            items++;
            notifyAll();
        }
    }

    @Override
    public synchronized void finish(FinishReason reason, Usage usage) {
        this.usage = usage;
        finish(reason);
    }

    @Override
    public synchronized void finish(FinishReason reason) {
        this.reason = reason;
    }

    @Override
    public synchronized boolean isWritable() {
        return items < capacity;
    }

    @Override
    public synchronized void awaitWritable() throws InterruptedException {
        while (!isWritable() && !cancelled) wait();
    }

    /** Reads all there is and will be. */
    synchronized void readOn() {
        capacity = UNBOUNDED;
        notifyAll();
    }

    synchronized void cancelled() {
        cancelled = true;
        notifyAll();
    }

    /** {@code generate} is back. */
    synchronized void over() {
        over = true;
        notifyAll();
    }

    /** Waits for so many items, the stream's end or the limit. */
    synchronized void awaitItems(int count, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (long left = limit.toMillis(); items < count && !over && left > 0; ) {
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
    }

    synchronized Answer answer() {
        return answer.build();
    }

    synchronized int items() {
        return items;
    }

    synchronized Optional<FinishReason> reason() {
        return Optional.ofNullable(reason);
    }

    synchronized Optional<Usage> usage() {
        return Optional.ofNullable(usage);
    }

    /** Yields, which lets a second virtual thread in on one core too; sleeping would use up the thread's park permit. */
    @SuppressWarnings("ThreadPriorityCheck")
    private void linger() {
        if (!lingers) return;
        long end = System.nanoTime() + LINGER_NANOS;
        while (System.nanoTime() < end) Thread.yield();
    }
}
