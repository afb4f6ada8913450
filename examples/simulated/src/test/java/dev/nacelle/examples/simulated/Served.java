package dev.nacelle.examples.simulated;

import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import dev.nacelle.spi.request.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** A started engine and what a host would hear of it. */
final class Served implements AutoCloseable {
    static final int FIRST_RANK = 3;

    final LLMEngine engine;
    final EngineConfig config;
    final List<String> health = new CopyOnWriteArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();

    private Served(SimulatedOptions options, WorkerSpec worker) throws EngineException, InterruptedException {
        engine = new SimulatedProvider().create(options);
        config = engine.start(new Start(worker));
        var sources = new ArrayList<>(engine.kvEventSources());
        for (var source : sources)
            if (source instanceof KvEventSource.Push(int rank, var onReady)) onReady.accept(new Events(rank));
    }

    static Served of(Options options) throws EngineException, InterruptedException {
        return of(options, Disaggregation.AGGREGATED);
    }

    static Served of(Options options, Disaggregation role) throws EngineException, InterruptedException {
        return of(options, worker(1, role));
    }

    static Served of(Options options, WorkerSpec worker) throws EngineException, InterruptedException {
        return new Served(options.make(), worker);
    }

    /** @param size of the configuration's {@code data_parallel} */
    static WorkerSpec worker(int size, Disaggregation role) {
        return new WorkerSpec(
                "dynamo", "backend", "generate", Optional.empty(), Optional.empty(), size, FIRST_RANK, role);
    }

    Exchange ask(GenerateRequest request) {
        return new Exchange(engine, request).start();
    }

    Map<String, Object> control(String name, Map<String, Object> body) throws Exception {
        var action = engine.controls().get(name);
        if (action == null) throw new AssertionError("no control " + name);
        return action.apply(body);
    }

    Object state(String key) throws Exception {
        var ranks = (Map<?, ?>) control("state", Map.of()).get("ranks");
        if (ranks == null || !(ranks.get(Integer.toString(FIRST_RANK)) instanceof Map<?, ?> rank))
            throw new AssertionError("no state");
        return String.valueOf(rank.get(key));
    }

    static GenerateRequest request(int maxTokens, int... prompt) {
        return request(StopConditions.maxTokens(maxTokens), OptionalInt.empty(), Map.of(), prompt);
    }

    static GenerateRequest request(
            StopConditions stop, OptionalInt rank, Map<String, Object> prefillResult, int... prompt) {
        return new GenerateRequest(
                "simulated",
                Task.GENERATE,
                new Prompt.Tokens(prompt),
                SamplingOptions.DEFAULT,
                stop,
                OutputOptions.DEFAULT,
                rank,
                prefillResult,
                false,
                OptionalInt.empty(),
                Optional.empty(),
                Map.of());
    }

    static int[] prompt(int length) {
        return IntStream.range(0, length).map(i -> i % 200).toArray();
    }

    @Override
    public void close() throws EngineException {
        try {
            engine.cleanup();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private final class Start implements StartContext, HealthReporter {
        private final WorkerSpec worker;

        Start(WorkerSpec worker) {
            this.worker = worker;
        }

        @Override
        public long workerId() {
            return 0xabc;
        }

        @Override
        public WorkerSpec worker() {
            return worker;
        }

        @Override
        public void progress(double fraction, String message) {}

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
            health.add("degraded");
        }

        @Override
        public void down(String message) {
            health.add("down");
        }
    }

    private final class Events implements KvEventPublisher {
        private final int rank;

        Events(int rank) {
            this.rank = rank;
        }

        @Override
        public void stored(long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize) {
            events.add("%d stored %d".formatted(rank, blockHashes.length));
        }

        @Override
        public void removed(long... blockHashes) {
            events.add("%d removed %d".formatted(rank, blockHashes.length));
        }

        @Override
        public void cleared() {
            events.add("%d cleared".formatted(rank));
        }
    }
}
