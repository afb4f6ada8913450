package dev.nacelle.frontend.router;

import dev.nacelle.runtime.metrics.BoundGauge;

/** How far predictions of a model's hit rate are off: a moving average over some 50 requests. From any thread. */
final class Drift {
    private static final double WEIGHT = 0.04;

    private final BoundGauge gauge;
    private double average; // guarded by this
    private boolean begun;

    Drift(BoundGauge gauge) {
        this.gauge = gauge;
    }

    /** Shares of a prompt's tokens. */
    synchronized void add(double predicted, double actual) {
        double difference = predicted - actual;
        average = begun ? average + WEIGHT * (difference - average) : difference;
        begun = true;
        gauge.set(average);
    }
}
