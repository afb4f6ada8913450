package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What the stages of a worker's life took. */
public final class LifecycleGauges {
    private final BoundGauge load;
    private final BoundGauge drain;
    private final BoundGauge cleanup;
    private final Map<ShutdownStage, Map<StageOutcome, BoundGauge>> stages = new EnumMap<>(ShutdownStage.class);

    LifecycleGauges(SeriesScope series, Labels labels) {
        load = series.gauge(WorkerFamilies.MODEL_LOAD_TIME, labels);
        drain = series.gauge(WorkerFamilies.DRAIN_TIME, labels);
        cleanup = series.gauge(WorkerFamilies.CLEANUP_TIME, labels);
        for (var stage : ShutdownStage.values()) {
            var outcomes = new EnumMap<StageOutcome, BoundGauge>(StageOutcome.class);
            for (var outcome : StageOutcome.values())
                outcomes.put(
                        outcome,
                        series.gauge(
                                WorkerFamilies.SHUTDOWN_STAGE,
                                labels.merge(Labels.of("stage", stage.label(), "reason", outcome.label()))));
            stages.put(stage, Collections.unmodifiableMap(outcomes));
        }
    }

    /** What {@code engine.start()} took. */
    public void loaded(Duration took) {
        load.set(seconds(took));
    }

    /** What it took until no request was in flight. */
    public void drained(Duration took) {
        drain.set(seconds(took));
    }

    /** What {@code engine.cleanup()} took. */
    public void cleanedUp(Duration took) {
        cleanup.set(seconds(took));
    }

    /** How and after how long a stage of the shutdown ended. */
    public void stageEnded(ShutdownStage stage, StageOutcome outcome, Duration took) {
        Objects.requireNonNull(Objects.requireNonNull(stages.get(stage)).get(outcome))
                .set(seconds(took));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
