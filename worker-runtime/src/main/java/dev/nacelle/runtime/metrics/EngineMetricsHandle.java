package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.metrics.Counter;
import dev.nacelle.spi.metrics.EngineMetrics;
import dev.nacelle.spi.metrics.ExpfmtCallback;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import dev.nacelle.spi.metrics.Gauge;
import dev.nacelle.spi.metrics.Histogram;
import dev.nacelle.spi.metrics.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an engine gets in {@code setupMetrics}; of no more use once closed. Its instruments live as long as the worker. */
public final class EngineMetricsHandle implements EngineMetrics, AutoCloseable {
    private static final String PREFIX = "dynamo_component_";

    private final RuntimeMetrics runtime;
    private final WorkerScope worker;
    private final SeriesScope series;
    private final ForeignRegistries foreign;
    private volatile boolean closed;

    EngineMetricsHandle(RuntimeMetrics runtime, WorkerScope worker, SeriesScope series, ForeignRegistries foreign) {
        this.runtime = runtime;
        this.worker = worker;
        this.series = series;
        this.foreign = foreign;
    }

    @Override
    public Map<String, String> autoLabels() {
        checkOpen();
        return worker.autoLabels();
    }

    @Override
    public Gauge gauge(String name, String help, Label... labels) {
        var full = fullName(name);
        return series.gauge(FamilySpec.gauge(full, help), allLabels(full, labels));
    }

    @Override
    public Counter counter(String name, String help, Label... labels) {
        var full = fullName(name);
        return series.counter(FamilySpec.counter(full, help), allLabels(full, labels));
    }

    @Override
    public Histogram histogram(String name, String help, double[] upperBounds, Label... labels) {
        var full = fullName(name);
        var all = allLabels(full, labels);
        if (all.contains("le"))
            throw new IllegalArgumentException(
                    "label \"le\" of histogram %s, which is that of its buckets: choose another name".formatted(full));
        return series.histogram(FamilySpec.histogram(full, help, upperBounds), all);
    }

    @Override
    public void addExpfmtCallback(ExpfmtCallback callback, ExpfmtOptions options) {
        checkOpen();
        var source = options.name().orElseGet(() -> runtime.nextSource(worker.chain()));
        worker.closeFirst(foreign.add(source, options, worker.autoLabels(), callback)::close);
    }

    /** {@code setupMetrics} has returned: every method but this one throws from now on. */
    @Override
    public void close() {
        closed = true;
    }

    private String fullName(String name) {
        checkOpen();
        return PREFIX + PrometheusNames.metric(name);
    }

    private Labels allLabels(String metric, Label... labels) {
        var all = new LinkedHashMap<>(worker.autoLabels());
        for (var label : labels) {
            var key = PrometheusNames.label(label.key());
            if (Chain.LABELS.contains(key))
                throw new IllegalArgumentException("label \"%s\" of %s, which the host sets by itself: leave it out"
                        .formatted(label.key(), metric));
            if (all.putIfAbsent(key, label.value()) != null)
                throw new IllegalArgumentException("label \"%s\" of %s, which has a label \"%s\" already: leave one out"
                        .formatted(label.key(), metric, key));
        }
        all.values().removeIf(String::isEmpty);
        return WorkerScope.prometheusLabels(all);
    }

    private void checkOpen() {
        if (closed)
            throw new IllegalStateException("EngineMetrics of worker %s used after setupMetrics returned: keep the"
                            .formatted(worker.chain().workerIdHex())
                    + " instruments it made, not the handle");
    }
}
