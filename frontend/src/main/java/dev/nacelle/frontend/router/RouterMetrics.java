package dev.nacelle.frontend.router;

import dev.nacelle.routing.Placement.Timing;
import dev.nacelle.runtime.metrics.BoundGauge;
import dev.nacelle.runtime.metrics.BoundHistogram;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.SeriesScope;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What is counted and timed of one process's router. From any thread. */
final class RouterMetrics implements AutoCloseable {
    private final Families families;
    private final long routerId;
    private final SeriesScope series;
    private final BoundHistogram hashing;
    private final BoundHistogram matching;
    private final BoundHistogram sequencing;
    private final BoundHistogram scheduling;
    private final BoundHistogram total;
    private final Map<WorkerType, BoundGauge> queued = new EnumMap<>(WorkerType.class);

    /** @param routerId the frontend's own id */
    RouterMetrics(Families families, long routerId) {
        this.families = families;
        this.routerId = routerId;
        families.declare(RouterFamilies.all());
        series = families.scope();
        var labels = Labels.of("router_id", routerLabel());
        hashing = series.histogram(RouterFamilies.HASHING, labels);
        matching = series.histogram(RouterFamilies.MATCHING, labels);
        sequencing = series.histogram(RouterFamilies.SEQUENCING, labels);
        scheduling = series.histogram(RouterFamilies.SCHEDULING, labels);
        total = series.histogram(RouterFamilies.OVERHEAD_TOTAL, labels);
        for (var type : WorkerType.values())
            queued.put(type, series.gauge(RouterFamilies.QUEUED, Labels.of("worker_type", type.label())));
    }

    Families families() {
        return families;
    }

    /** The id as {@code router_id} shows it. */
    String routerLabel() {
        return Long.toUnsignedString(routerId);
    }

    /** The id as {@code worker_id} of the router's own families shows it. */
    String ownerLabel() {
        return Long.toHexString(routerId);
    }

    BoundGauge queued(WorkerType type) {
        return Objects.requireNonNull(queued.get(type));
    }

    /** A request was placed. */
    void placed(Timing timing) {
        step(hashing, timing.start(), timing.hashed());
        step(matching, timing.hashed(), timing.matched());
        step(sequencing, timing.matched(), timing.sequenced());
        step(scheduling, timing.sequenced(), timing.scheduled());
        step(total, timing.start(), timing.scheduled());
    }

    /** Never below zero, also when the clock's readings come out of order. */
    private static void step(BoundHistogram histogram, long from, long to) {
        histogram.observe(Math.max(0, to - from) / 1e6);
    }

    @Override
    public void close() {
        series.close();
    }
}
