package dev.nacelle.python;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.Endpoint;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.Counter;
import dev.nacelle.spi.metrics.EngineMetrics;
import dev.nacelle.spi.metrics.ExpfmtCallback;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import dev.nacelle.spi.metrics.Gauge;
import dev.nacelle.spi.metrics.Histogram;
import dev.nacelle.spi.metrics.Label;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.TokenIds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a host does with one engine, as far as these tests need it; keeps what the engine says. */
public final class TinyHost implements StartContext, HealthReporter, EngineMetrics, AutoCloseable {
    public final List<String> progress = new CopyOnWriteArrayList<>();
    public final List<String> health = new CopyOnWriteArrayList<>();
    public final List<String> snapshots = new CopyOnWriteArrayList<>();
    public final List<String> kvEvents = new CopyOnWriteArrayList<>();
    public final List<ExpfmtCallback> callbacks = new CopyOnWriteArrayList<>();
    public final LLMEngine engine;
    public final EngineConfig config;
    public final List<Integer> ranks;
    public final Optional<GenerateRequest> probe;

    private TinyHost(LLMEngine engine) throws EngineException, InterruptedException {
        this.engine = engine;
        try {
            config = engine.start(this);
            var bindings = engine.setupMetrics(new MetricsContext(config.model(), "backend", Duration.ZERO, this));
            ranks = bindings.dpRanks();
            if (!ranks.isEmpty())
                bindings.onPublisherReady().accept((rank, snapshot) -> snapshots.add(text(rank, snapshot)));
            for (var source : engine.kvEventSources()) {
                switch (source) {
                    case KvEventSource.Push(int rank, var onReady) -> onReady.accept(new Events(rank));
                    case KvEventSource.Zmq zmq -> kvEvents.add(zmq.toString());
                }
            }
            probe = engine.healthCheckRequest();
            engine.onEndpointReady(new Endpoint("dynamo/backend/generate", workerId()));
        } catch (EngineException | RuntimeException e) {
            engine.cleanup();
            throw e;
        }
    }

    /** Starts the engine and makes it serve; cleans up when that fails. */
    public static TinyHost serving(PythonOptions options) throws EngineException, InterruptedException {
        return new TinyHost(new PythonProvider().create(options));
    }

    public Call ask(GenerateRequest request) {
        return Call.to(engine, request);
    }

    /** What a control answers. */
    public Map<String, Object> control(String name, Map<String, Object> body) throws Exception {
        var action = engine.controls().get(name);
        if (action == null) throw new AssertionError("no control " + name);
        return action.apply(body);
    }

    @Override
    public void close() throws EngineException {
        try {
            engine.drain();
            engine.cleanup();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(int rank, ComponentSnapshot snapshot) {
        return "%d: %d/%d %s %s"
                .formatted(
                        rank,
                        snapshot.kvUsedBlocks(),
                        snapshot.kvTotalBlocks(),
                        snapshot.gpuCacheUsage(),
                        snapshot.kvCacheHitRate());
    }

    @Override
    public long workerId() {
        return 0x7FFF_FFFF_FFFF_FFFFL;
    }

    @Override
    public WorkerSpec worker() {
        return new WorkerSpec(
                "dynamo", "backend", "generate", Optional.empty(), Optional.empty(), 1, 0, Disaggregation.AGGREGATED);
    }

    @Override
    public void progress(double fraction, String message) {
        progress.add("%.2f %s".formatted(fraction, message));
    }

    @Override
    public HealthReporter health() {
        return this;
    }

    @Override
    public void ready() {
        health.add("ready");
    }

    @Override
    public void degraded(String message) {
        health.add("degraded: " + message);
    }

    @Override
    public void down(String message) {
        health.add("down: " + message);
    }

    @Override
    public Map<String, String> autoLabels() {
        return Map.of("worker_id", "1f", "model", "probe");
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
        callbacks.add(callback);
    }

    private final class Events implements KvEventPublisher {
        private final int rank;

        Events(int rank) {
            this.rank = rank;
        }

        @Override
        public void stored(long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize) {
            kvEvents.add("%d stored %s after %s: %s by %d"
                    .formatted(rank, java.util.Arrays.toString(blockHashes), parentHash, tokens, blockSize));
        }

        @Override
        public void removed(long... blockHashes) {
            kvEvents.add("%d removed %s".formatted(rank, java.util.Arrays.toString(blockHashes)));
        }

        @Override
        public void cleared() {
            kvEvents.add("%d cleared".formatted(rank));
        }
    }
}
