package dev.nacelle.runtime.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A part of a histogram's totals, held for the moment of an observation. One atomic operation for all that an observation
 * changes; whoever finds it held goes to another cell.
 */
final class HistogramCell {
    private static final VarHandle HELD;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(HistogramCell.class, "held", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int SPINS = 256;
    private static final int PAUSE_NANOS = 10_000;

    private final HistogramTotals totals;

    @SuppressWarnings("UnusedVariable") // through its handle
    private boolean held;

    HistogramCell(double[] upperBounds) {
        totals = new HistogramTotals(upperBounds);
    }

    /** Observes it unless another thread holds the cell. @return whether it did */
    boolean tryObserve(double value) {
        if (!HELD.compareAndSet(this, false, true)) return false;
        try {
            totals.observe(value);
        } finally {
            HELD.setRelease(this, false);
        }
        return true;
    }

    /** Waits before the next try: mostly for nanoseconds, and at times for a holder whom the system took off its processor. */
    static void pause(int tries) {
        if (tries % SPINS == SPINS - 1) LockSupport.parkNanos(PAUSE_NANOS);
        else Thread.onSpinWait();
    }

    /** Adds what is here to the sum. */
    void addTo(HistogramTotals sum) {
        for (int tries = 0; !HELD.compareAndSet(this, false, true); tries++) pause(tries);
        try {
            sum.add(totals);
        } finally {
            HELD.setRelease(this, false);
        }
    }
}
