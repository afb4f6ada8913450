package dev.nacelle.spi.metrics;

/** A total that only grows, bound to its labels. Updates are one atomic operation, from any thread. */
public interface Counter {
    void increment();

    /** Adds {@code amount}. @throws IllegalArgumentException when it is negative */
    void add(long amount);
}
