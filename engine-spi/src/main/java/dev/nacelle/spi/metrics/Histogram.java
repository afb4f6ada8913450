package dev.nacelle.spi.metrics;

/** A distribution, bound to its labels; from any thread. */
public interface Histogram {
    void observe(double value);
}
