package dev.nacelle.spi.conformance;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.metrics.SnapshotPublisher;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The host's side of an engine's metrics: hands the publisher over, takes snapshots, and asks foreign registries. */
final class MetricsProbe implements SnapshotPublisher {
    private final Bench bench;
    private final LLMEngine engine;
    private final EngineConfig config;
    private final RecordingMetrics metrics;
    private final AtomicInteger published = new AtomicInteger();
    private volatile List<Integer> ranks = List.of();
    private volatile boolean setUp;

    MetricsProbe(Bench bench, LLMEngine engine, EngineConfig config) {
        this.bench = bench;
        this.engine = engine;
        this.config = config;
        this.metrics = new RecordingMetrics(bench.worker(), config, bench.findings());
    }

    /** Calls {@code setupMetrics} and hands over the publisher. */
    void setUp() throws InterruptedException {
        var called = call(metrics);
        var bindings = bindings(called);
        var trouble = Optional.ofNullable(Calls.trouble(called)).map(text -> "setupMetrics " + text);
        if (trouble.isEmpty() && bindings.isEmpty()) trouble = Optional.of("setupMetrics returned null");
        if (bindings.isPresent()) {
            setUp = true;
            ranks = bindings.get().dpRanks();
            if (!ranks.isEmpty())
                trouble = Optional.ofNullable(bench.calls()
                                .trouble(
                                        bench.limits().call(),
                                        () -> bindings.get().onPublisherReady().accept(this)))
                        .map(text -> "onPublisherReady " + text);
        }
        bench.findings()
                .judge(
                        Rule.SETUP_METRICS,
                        trouble,
                        "instruments: %d, foreign registries: %d, ranks: %s"
                                .formatted(
                                        metrics.instruments(),
                                        metrics.callbacks().size(),
                                        ranks));
    }

    /** What can be told once the requests are over. */
    void judge() throws InterruptedException {
        if (!setUp) return;
        bench.findings().passed(Rule.METRICS_HANDLE_NOT_KEPT, "not used after setupMetrics");
        foreignRegistries();
        for (var rule : List.of(Rule.SNAPSHOT_RANKS, Rule.SNAPSHOT_RANGE)) {
            if (published.get() > 0)
                bench.findings().passed(rule, "%d snapshots for ranks %s".formatted(published.get(), ranks));
            else bench.findings().skipped(rule, ranks.isEmpty() ? "no ranks declared" : "none published meanwhile");
        }
        ranksAgain();
    }

    @Override
    public void publish(int dpRank, ComponentSnapshot snapshot) {
        published.incrementAndGet();
        if (LifeChecks.isNull(snapshot)) {
            bench.findings().failed(Rule.SNAPSHOT_RANGE, "rank %d: null".formatted(dpRank));
            return;
        }
        if (!ranks.contains(dpRank))
            bench.findings()
                    .failed(Rule.SNAPSHOT_RANKS, "a snapshot for rank %d, declared: %s".formatted(dpRank, ranks));
        boolean valid = snapshot.kvUsedBlocks() >= 0
                && snapshot.kvTotalBlocks() >= 0
                && isShare(snapshot.gpuCacheUsage())
                && (!snapshot.measuresHitRate() || isShare(snapshot.kvCacheHitRate()));
        if (!valid) bench.findings().failed(Rule.SNAPSHOT_RANGE, "rank %d: %s".formatted(dpRank, snapshot));
    }

    private static boolean isShare(double value) {
        return value >= 0 && value <= 1; // false for NaN
    }

    private void foreignRegistries() throws InterruptedException {
        var callbacks = metrics.callbacks();
        if (callbacks.isEmpty()) bench.findings().skipped(Rule.FOREIGN_METRICS, "no callback added");
        for (var added : callbacks) {
            var trouble = bench.calls().trouble(added.options().timeout(), () -> {
                if (LifeChecks.isNull(added.callback().render())) throw new IllegalStateException("a null text");
            });
            bench.findings()
                    .judge(
                            Rule.FOREIGN_METRICS,
                            Optional.ofNullable(trouble),
                            "%d rendered".formatted(callbacks.size()));
        }
    }

    private void ranksAgain() throws InterruptedException {
        var again = bindings(call(new RecordingMetrics(bench.worker(), config, bench.findings())));
        if (again.isEmpty()) bench.findings().skipped(Rule.RANKS_STABLE, "setupMetrics cannot be called again");
        else if (again.get().dpRanks().equals(ranks))
            bench.findings().passed(Rule.RANKS_STABLE, "%s both times".formatted(ranks));
        else
            bench.findings()
                    .failed(
                            Rule.RANKS_STABLE,
                            "%s at first, %s later".formatted(ranks, again.get().dpRanks()));
    }

    private Calls.Called<Optional<MetricsBindings>> call(RecordingMetrics handle) throws InterruptedException {
        var context = new MetricsContext(config.model(), bench.worker().component(), Duration.ofSeconds(1), handle);
        try {
            return bench.calls()
                    .within(
                            bench.limits().call(),
                            () -> Optional.<MetricsBindings>ofNullable(engine.setupMetrics(context)));
        } finally {
            handle.close();
        }
    }

    private static Optional<MetricsBindings> bindings(Calls.Called<Optional<MetricsBindings>> called) {
        return called instanceof Calls.Returned<Optional<MetricsBindings>>(Optional<MetricsBindings> bindings)
                ? bindings
                : Optional.empty();
    }
}
