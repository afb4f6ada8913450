package dev.nacelle.examples.llama;

import dev.nacelle.spi.metrics.Counter;
import dev.nacelle.spi.metrics.EngineMetrics;
import dev.nacelle.spi.metrics.ExpfmtCallback;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import dev.nacelle.spi.metrics.Gauge;
import dev.nacelle.spi.metrics.Histogram;
import dev.nacelle.spi.metrics.Label;
import java.util.Map;

/** The handle for an engine that publishes snapshots only. */
final class NoInstruments implements EngineMetrics {
    @Override
    public Map<String, String> autoLabels() {
        return Map.of();
    }

    @Override
    public Gauge gauge(String name, String help, Label... labels) {
        throw new AssertionError(name);
    }

    @Override
    public Counter counter(String name, String help, Label... labels) {
        throw new AssertionError(name);
    }

    @Override
    public Histogram histogram(String name, String help, double[] upperBounds, Label... labels) {
        throw new AssertionError(name);
    }

    @Override
    public void addExpfmtCallback(ExpfmtCallback callback, ExpfmtOptions options) {
        throw new AssertionError("a callback");
    }
}
