package dev.nacelle.spi.metrics;

/** A value that goes up and down, bound to its labels. Updates are one atomic operation, from any thread. */
public interface Gauge {
    void set(double value);

    /** Adds {@code amount}, which may be negative. */
    void add(double amount);

    /** Sets an unsigned 64-bit value; one above 2^63-1 is clamped to that. */
    default void setUnsigned(long value) {
        set((double) (value < 0 ? Long.MAX_VALUE : value));
    }
}
