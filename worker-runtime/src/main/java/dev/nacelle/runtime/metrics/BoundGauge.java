package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.metrics.Gauge;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A gauge bound to its series. An update is one atomic operation and allocates nothing; from any thread. */
public final class BoundGauge implements Gauge, Instrument {
    private static final VarHandle BITS;

    static {
        try {
            BITS = MethodHandles.lookup().findVarHandle(BoundGauge.class, "bits", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A NaN that doubleToLongBits never yields: the gauge has no value yet, and no sample. */
    private static final long ABSENT = 0x7ff8_0000_0000_0001L;

    private volatile long bits;

    BoundGauge(boolean absentUntilSet) {
        if (absentUntilSet) bits = ABSENT;
    }

    @Override
    public void set(double value) {
        // A scrape needs no order between gauges, so a release is enough, and spares a full fence.
        BITS.setRelease(this, Double.doubleToLongBits(value));
    }

    @Override
    public void add(double amount) {
        long before;
        do {
            before = bits;
        } while (!BITS.weakCompareAndSet(this, before, Double.doubleToLongBits(sum(before, amount))));
    }

    /** The value; zero before the first {@link #set}. */
    public double value() {
        return sum(bits, 0);
    }

    /** Whether there is a value to show. */
    boolean isPresent() {
        return bits != ABSENT;
    }

    private static double sum(long bits, double amount) {
        return bits == ABSENT ? amount : Double.longBitsToDouble(bits) + amount;
    }
}
