package dev.nacelle.frontend.router;

import dev.nacelle.frontend.metrics.Phase;
import dev.nacelle.routing.Pool;
import dev.nacelle.routing.Rank;
import dev.nacelle.runtime.metrics.BoundCounter;
import dev.nacelle.runtime.metrics.BoundGauge;
import dev.nacelle.runtime.metrics.BoundHistogram;
import dev.nacelle.runtime.metrics.SeriesScope;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** What is counted of one pool, and of its ranks while they are there. From any thread. */
final class PoolMetrics implements AutoCloseable {
    private final RouterMetrics router;
    private final SeriesScope series;
    private final WorkerType type;
    final BoundCounter started;
    final BoundCounter ended;
    final BoundHistogram timeToFirstToken;
    final BoundHistogram interTokenLatency;
    final BoundHistogram outputTokens;
    final BoundHistogram hitRate;
    private final Map<Phase, BoundHistogram> inputTokens = new EnumMap<>(Phase.class);
    private final Map<Rank, OfRank> ranks = new ConcurrentHashMap<>();

    /** A rank's series. */
    static final class OfRank {
        private final SeriesScope series;
        final BoundGauge lastTimeToFirstToken;
        final BoundGauge lastInputTokens;
        final BoundGauge lastInterTokenLatency;

        private OfRank(SeriesScope series, Labels labels, Pool pool, Rank rank) {
            this.series = series;
            series.gaugeAtScrape(RouterFamilies.ACTIVE_DECODE_BLOCKS, labels, () ->
                    (double) pool.load(rank).blocks());
            series.gaugeAtScrape(RouterFamilies.ACTIVE_PREFILL_TOKENS, labels, () ->
                    (double) pool.load(rank).prefillTokens());
            lastTimeToFirstToken = series.gauge(RouterFamilies.LAST_TTFT, labels);
            lastInputTokens = series.gauge(RouterFamilies.LAST_INPUT, labels);
            lastInterTokenLatency = series.gauge(RouterFamilies.LAST_ITL, labels);
        }
    }

    /** Series at zero for the pool of that component. */
    PoolMetrics(RouterMetrics router, String namespace, String component, String model, WorkerType type) {
        this.router = router;
        this.type = type;
        series = router.families().scope();
        var labels = Labels.of(
                "dynamo_namespace",
                namespace,
                "dynamo_component",
                component,
                "worker_id",
                router.ownerLabel(),
                "router_id",
                router.routerLabel());
        started = series.counter(RouterFamilies.STARTED, labels);
        ended = series.counter(RouterFamilies.ENDED, labels);
        timeToFirstToken = series.histogram(RouterFamilies.TTFT, labels);
        interTokenLatency = series.histogram(RouterFamilies.ITL, labels);
        outputTokens = series.histogram(RouterFamilies.OUTPUT, labels);
        hitRate = series.histogram(RouterFamilies.HIT_RATE, labels);
        for (var phase : Phase.values()) {
            if (type == WorkerType.PREFILL != (phase == Phase.PREFILL)) continue;
            var ofPhase = labels.merge(Labels.of("model", model, "phase", RouteHints.label(phase)));
            inputTokens.put(phase, series.histogram(RouterFamilies.INPUT, ofPhase));
        }
    }

    BoundHistogram inputTokens(Phase phase) {
        return Objects.requireNonNull(inputTokens.get(phase));
    }

    /** The rank's series, made when they are asked for first. */
    OfRank rank(Pool pool, Rank rank) {
        return ranks.computeIfAbsent(rank, _ -> {
            var dpRank = rank.dpRank();
            var labels = Labels.of(
                    "worker_id",
                    Long.toUnsignedString(rank.worker().id()),
                    "dp_rank",
                    dpRank.isPresent() ? Integer.toString(dpRank.getAsInt()) : "none",
                    "worker_type",
                    type.label());
            return new OfRank(router.families().scope(), labels, pool, rank);
        });
    }

    /** Takes the rank's series off the page. */
    void left(Rank rank) {
        var gone = ranks.remove(rank);
        if (gone != null) gone.series.close();
    }

    @Override
    public void close() {
        ranks.values().forEach(rank -> rank.series.close());
        series.close();
    }
}
