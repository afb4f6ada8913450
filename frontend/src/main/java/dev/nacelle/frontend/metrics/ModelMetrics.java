package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.BoundGauge;
import dev.nacelle.runtime.metrics.SeriesScope;
import dev.nacelle.spi.Registration;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Optional;
import java.util.function.Consumer;

/** A model while it is served: its gauges go from the page on {@link #close}. From any thread. */
public final class ModelMetrics implements AutoCloseable {
    final ModelHistory history;
    final BoundGauge active;
    final BoundGauge queued;
    private final SeriesScope series;
    private final Consumer<ModelMetrics> onClose;
    private final BoundGauge totalKvBlocks;
    private final BoundGauge maxNumSeqs;
    private final BoundGauge maxNumBatchedTokens;
    private final BoundGauge contextLength;
    private final BoundGauge kvCacheBlockSize;
    private final BoundGauge migrationLimit;
    private final BoundGauge workers;
    private final BoundGauge ready;

    ModelMetrics(
            SeriesScope series,
            HttpFamilies families,
            Optional<LegacyFamilies> legacy,
            String model,
            ModelHistory history,
            Consumer<ModelMetrics> onClose) {
        this.series = series;
        this.history = history;
        this.onClose = onClose;
        var labels = Labels.of("model", model);
        active = series.gauge(families.active(), labels);
        series.alsoAs(families.inflight(), labels, active);
        legacy.ifPresent(old -> series.alsoAs(old.inflight(), labels, active));
        queued = series.gauge(families.queued(), labels);
        var models = families.models();
        totalKvBlocks = series.gauge(models.totalKvBlocks(), labels);
        maxNumSeqs = series.gauge(models.maxNumSeqs(), labels);
        maxNumBatchedTokens = series.gauge(models.maxNumBatchedTokens(), labels);
        contextLength = series.gauge(models.contextLength(), labels);
        kvCacheBlockSize = series.gauge(models.kvCacheBlockSize(), labels);
        migrationLimit = series.gauge(models.migrationLimit(), labels);
        workers = series.gauge(models.workers(), labels);
        ready = series.gauge(models.ready(), labels);
    }

    /** What a worker says of the model; what it does not know shows as 0. */
    public void describe(Registration registration, int mostMigrations) {
        totalKvBlocks.set((double) registration.totalKvBlocks().orElse(0));
        maxNumSeqs.set(registration.maxNumSeqs().orElse(0));
        maxNumBatchedTokens.set(registration.maxNumBatchedTokens().orElse(0));
        contextLength.set(registration.contextLength().orElse(0));
        kvCacheBlockSize.set(registration.kvCacheBlockSize().orElse(0));
        migrationLimit.set(mostMigrations);
    }

    /** How many workers serve it. */
    public void workers(int count) {
        workers.set(count);
    }

    /** Whether one of them takes requests. */
    public void ready(boolean isReady) {
        ready.set(isReady ? 1 : 0);
    }

    /** The model is no longer served: later requests for it are {@code unknown}. Idempotent. */
    @Override
    public void close() {
        onClose.accept(this);
        series.close();
    }
}
