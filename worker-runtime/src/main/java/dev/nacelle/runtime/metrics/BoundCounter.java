package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.metrics.Counter;
import java.util.concurrent.atomic.LongAdder;

/** A counter bound to its series. An update is one atomic operation and allocates nothing; from any thread. */
public final class BoundCounter implements Counter, Instrument {
    private final LongAdder total = new LongAdder();
    private final long createdMillis = System.currentTimeMillis();

    BoundCounter() {}

    @Override
    public void increment() {
        total.increment();
    }

    @Override
    public void add(long amount) {
        if (amount < 0) throw new IllegalArgumentException("counter + %d, expected 0 or more".formatted(amount));
        total.add(amount);
    }

    /** The total, exact once no update runs. */
    public long value() {
        return total.sum();
    }

    long createdMillis() {
        return createdMillis;
    }
}
