package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.SnapshotPublisher;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gauges of a worker's data-parallel ranks, set from the snapshots that its engine publishes. The same snapshot goes
 * to the load listener. Snapshots published after {@link #close} go nowhere.
 */
public final class ComponentGauges implements SnapshotPublisher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ComponentGauges.class);

    private final String worker;
    /** Sorted, so that a rank is found without a map and its boxed keys. */
    private final int[] ranks;

    private final RankGauges[] gauges;
    private final LoadListener listener;
    private final BoundCounter undeclared;
    private final BoundCounter outOfRange;
    private final AtomicBoolean loggedRejection = new AtomicBoolean();
    private final AtomicBoolean loggedListener = new AtomicBoolean();
    private volatile boolean closed;

    private record RankGauges(BoundGauge totalBlocks, BoundGauge usage, BoundGauge hitRate) {}

    ComponentGauges(SeriesScope series, Labels chain, Labels autoLabels, List<Integer> dpRanks, LoadListener listener) {
        worker = chain.toString();
        ranks = dpRanks.stream().mapToInt(Integer::intValue).sorted().toArray();
        gauges = Arrays.stream(ranks)
                .mapToObj(rank -> {
                    var labels = autoLabels.add("dp_rank", Integer.toString(rank));
                    return new RankGauges(
                            series.gauge(WorkerFamilies.TOTAL_BLOCKS, labels),
                            series.gauge(WorkerFamilies.GPU_CACHE_USAGE, labels),
                            series.gaugeOnceSet(WorkerFamilies.KV_CACHE_HIT_RATE, labels));
                })
                .toArray(RankGauges[]::new);
        this.listener = listener;
        undeclared = series.counter(WorkerFamilies.SNAPSHOT_REJECTED, chain.add("reason", "undeclared"));
        outOfRange = series.counter(WorkerFamilies.SNAPSHOT_REJECTED, chain.add("reason", "range"));
    }

    @Override
    public void publish(int dpRank, ComponentSnapshot snapshot) {
        if (closed) return;
        var index = Arrays.binarySearch(ranks, dpRank);
        if (index < 0) {
            reject(undeclared, dpRank, snapshot, "rank was not declared");
            return;
        }
        if (!isInRange(snapshot)) {
            reject(outOfRange, dpRank, snapshot, "value is out of range");
            return;
        }
        var rank = gauges[index];
        rank.totalBlocks.set((double) snapshot.kvTotalBlocks());
        rank.usage.set(snapshot.gpuCacheUsage());
        if (snapshot.measuresHitRate()) rank.hitRate.set(snapshot.kvCacheHitRate());
        tell(dpRank, snapshot);
    }

    /** Snapshots published from now on go nowhere; the series end with the worker. */
    @Override
    public void close() {
        closed = true;
    }

    private static boolean isInRange(ComponentSnapshot snapshot) {
        return snapshot.kvUsedBlocks() >= 0
                && snapshot.kvTotalBlocks() >= 0
                && isShare(snapshot.gpuCacheUsage())
                && (!snapshot.measuresHitRate() || isShare(snapshot.kvCacheHitRate()));
    }

    private static boolean isShare(double value) {
        return value >= 0 && value <= 1; // false for NaN
    }

    private void tell(int dpRank, ComponentSnapshot snapshot) {
        try {
            listener.onSnapshot(dpRank, snapshot);
        } catch (RuntimeException e) {
            // The engine's thread must not pay for a listener's defect.
            if (loggedListener.compareAndSet(false, true)) LOG.error("load listener of {} failed", worker, e);
        }
    }

    private void reject(BoundCounter counter, int dpRank, ComponentSnapshot snapshot, String why) {
        counter.increment();
        if (loggedRejection.compareAndSet(false, true))
            LOG.warn(
                    "{} of worker {}, rank {}: {}; declared ranks {}, shares expected from 0.0 to 1.0. More of these are"
                            + " only counted, in nacelle_snapshot_rejected_total",
                    snapshot,
                    worker,
                    dpRank,
                    why,
                    ranks);
    }
}
