package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The metrics of one host: the root of the hierarchy. Two hosts in one JVM have one each, over a registry each. */
public final class RuntimeMetrics implements AutoCloseable {
    private final Families families;
    private final Optional<JvmFamilies> jvm;
    private final long startNanos = System.nanoTime();
    /** How many foreign registries each {@code component/endpoint} has added, for the default of their names. */
    private final ConcurrentHashMap<String, AtomicInteger> sources = new ConcurrentHashMap<>();

    private RuntimeMetrics(Families families, Optional<JvmFamilies> jvm) {
        this.families = families;
        this.jvm = jvm;
    }

    /** The metrics of a host, shown by that registry until {@link #close}. */
    public static RuntimeMetrics open(PrometheusRegistry registry, MetricsConfig config) {
        var families = Families.in(registry);
        families.declare(WorkerFamilies.all());
        var jvm = config.jvm() ? Optional.of(JvmFamilies.on(registry)) : Optional.<JvmFamilies>empty();
        return new RuntimeMetrics(families, jvm);
    }

    /** For the families of other rooms. */
    public Families families() {
        return families;
    }

    /** A worker's place on the page, which its series keep until the scope is closed. */
    public WorkerScope worker(Chain chain, ModelLabels model) {
        return new WorkerScope(this, chain, model);
    }

    /**
     * What the requests of an endpoint are counted by, for a part of the host beside its worker; both update the same
     * series, which go with the last of them.
     */
    public RequestMetrics requests(Chain chain, SeriesScope owner) {
        return new RequestMetrics(owner, WorkerScope.prometheusLabels(chain.labels()));
    }

    /** Shows {@code dynamo_component_uptime_seconds} for a member of the cluster that is no worker. */
    public SeriesScope uptime(long workerId) {
        var scope = families.scope();
        showUptime(scope, Long.toHexString(workerId));
        return scope;
    }

    /** Takes the host's own families off the registry; idempotent. */
    @Override
    public void close() {
        jvm.ifPresent(JvmFamilies::close);
        families.close();
    }

    void showUptime(SeriesScope scope, String workerIdHex) {
        scope.gaugeAtScrape(
                WorkerFamilies.UPTIME,
                Labels.of(Chain.WORKER_ID, workerIdHex),
                () -> (System.nanoTime() - startNanos) / 1e9);
    }

    /** The name of the next foreign registry of that place. */
    String nextSource(Chain chain) {
        var place = chain.component() + "/" + chain.endpoint();
        return place + "#"
                + sources.computeIfAbsent(place, _ -> new AtomicInteger()).incrementAndGet();
    }
}
