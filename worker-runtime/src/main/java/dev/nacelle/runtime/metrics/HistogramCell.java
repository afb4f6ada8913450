package dev.nacelle.runtime.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

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

    /** Adds what is here to the sum. */
    void addTo(HistogramTotals sum) {
        while (!HELD.compareAndSet(this, false, true)) Thread.onSpinWait();
        try {
            sum.add(totals);
        } finally {
            HELD.setRelease(this, false);
        }
    }
}
