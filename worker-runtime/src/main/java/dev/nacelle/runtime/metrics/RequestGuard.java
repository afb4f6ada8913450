package dev.nacelle.runtime.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One request on a worker: in flight from its construction to {@link #close}. Each method may be called from any thread,
 * and counts once however often it is called, and not after the close.
 */
public final class RequestGuard implements AutoCloseable {
    private static final VarHandle MARKS;

    static {
        try {
            MARKS = MethodHandles.lookup().findVarHandle(RequestGuard.class, "marks", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // The bits below are the error types'.
    private static final int CLOSED = 1 << 8;
    private static final int RESPONDED = 1 << 9;
    private static final int CANCELLED = 1 << 10;

    private final RequestMetrics metrics;
    private final long startNanos = System.nanoTime();

    @SuppressWarnings("UnusedVariable") // through MARKS
    private volatile int marks;

    RequestGuard(RequestMetrics metrics) {
        this.metrics = metrics;
        metrics.requests.increment();
        metrics.inflight.add(1);
    }

    /** The first response item is on its way. */
    public void firstResponse() {
        if (isFirst(RESPONDED)) metrics.timeToFirstResponse.observe(elapsedSeconds());
    }

    /** The request went wrong there. */
    public void error(RequestErrorType type) {
        if (isFirst(type.bit)) metrics.error(type);
    }

    /** The caller gave the request up. */
    public void cancelled() {
        if (isFirst(CANCELLED)) metrics.cancellations.increment();
    }

    /** Counts the request out and observes what it took. */
    @Override
    public void close() {
        if (!isFirst(CLOSED)) return;
        metrics.inflight.add(-1);
        metrics.duration.observe(elapsedSeconds());
    }

    private boolean isFirst(int mark) {
        return ((int) MARKS.getAndBitwiseOr(this, mark) & (mark | CLOSED)) == 0;
    }

    private double elapsedSeconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
