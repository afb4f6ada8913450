package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One worker's series. Lifecycle gauges and request metrics are there, at zero, from its construction; all of its series
 * and foreign registries go when it is closed.
 */
public final class WorkerScope implements AutoCloseable {
    private final RuntimeMetrics runtime;
    private final Chain chain;
    private final Map<String, String> autoLabels;
    private final SeriesScope series;
    private final LifecycleGauges lifecycle;
    private final RequestMetrics requests;
    private final List<Runnable> closedFirst = new ArrayList<>();

    WorkerScope(RuntimeMetrics runtime, Chain chain, ModelLabels model) {
        this.runtime = runtime;
        this.chain = chain;
        var labels = new LinkedHashMap<>(chain.labels());
        if (!model.model().isEmpty()) labels.put("model", model.model());
        if (!model.modelName().isEmpty()) labels.put("model_name", model.modelName());
        autoLabels = Collections.unmodifiableMap(labels);
        series = runtime.families().scope();
        lifecycle = new LifecycleGauges(series, prometheusLabels(autoLabels));
        requests = new RequestMetrics(series, prometheusLabels(chain.labels()));
        runtime.showUptime(series, chain.workerIdHex());
    }

    public Chain chain() {
        return chain;
    }

    /** The labels of an instrument made for the engine: the chain's, {@code model} and {@code model_name}. */
    public Map<String, String> autoLabels() {
        return autoLabels;
    }

    public LifecycleGauges lifecycle() {
        return lifecycle;
    }

    public RequestMetrics requests() {
        return requests;
    }

    /** A handle for {@code setupMetrics}; close it when that has returned. */
    public EngineMetricsHandle engineMetrics(ForeignRegistries foreign) {
        return new EngineMetricsHandle(runtime, this, series, foreign);
    }

    /** The gauges of the ranks that an engine declared, and the publisher that sets them. */
    public ComponentGauges components(List<Integer> dpRanks, LoadListener listener) {
        var gauges = new ComponentGauges(
                series, prometheusLabels(chain.labels()), prometheusLabels(autoLabels), dpRanks, listener);
        closeFirst(gauges::close);
        return gauges;
    }

    /**
     * How long it takes a cancellation to reach the engine.
     *
     * @param engineRuntime {@code java}, {@code graalpy} or {@code cpython}
     */
    public BoundHistogram cancelPropagation(String engineRuntime) {
        return series.histogram(WorkerFamilies.CANCEL_PROPAGATION, Labels.of("runtime", engineRuntime));
    }

    /** Shows which engine the worker runs. */
    public void engineInfo(String engine, String engineRuntime, String version) {
        series.gauge(
                        WorkerFamilies.ENGINE_INFO,
                        Labels.of("engine", engine, "runtime", engineRuntime, "version", version))
                .set(1);
    }

    /** Takes the worker's series and foreign registries off the page; idempotent. */
    @Override
    public void close() {
        List<Runnable> closing;
        synchronized (closedFirst) {
            closing = List.copyOf(closedFirst.reversed());
            closedFirst.clear();
        }
        closing.forEach(Runnable::run);
        series.close();
    }

    void closeFirst(Runnable part) {
        synchronized (closedFirst) {
            closedFirst.add(part);
        }
    }

    static Labels prometheusLabels(Map<String, String> labels) {
        return Labels.of(List.copyOf(labels.keySet()), List.copyOf(labels.values()));
    }
}
