package dev.nacelle.examples.llama;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/** A started engine with its snapshots. */
final class Served implements AutoCloseable {
    final LlamaEngine engine;
    final List<ComponentSnapshot> snapshots = new CopyOnWriteArrayList<>();

    private Served(LlamaEngine engine) {
        this.engine = engine;
    }

    static Served austen() throws EngineException, InterruptedException {
        return of(TinyModel.AUSTEN, LlamaOptions.DEFAULT);
    }

    static Served of(Path model, LlamaOptions options) throws EngineException, InterruptedException {
        var served = new Served(new LlamaEngine(options));
        served.engine.start(Worker.of(model));
        served.engine
                .setupMetrics(new MetricsContext("model", "backend", Duration.ZERO, new NoInstruments()))
                .onPublisherReady()
                .accept((_, snapshot) -> served.snapshots.add(snapshot));
        return served;
    }

    /** Sends a request whose reader keeps up. */
    Call call(GenerateRequest request) {
        return Call.to(engine, request);
    }

    /** Blocks in use as last published. */
    long used() {
        return snapshots.getLast().kvUsedBlocks();
    }

    /** The most blocks that were in use. */
    long mostUsed() {
        return snapshots.stream()
                .mapToLong(ComponentSnapshot::kvUsedBlocks)
                .max()
                .orElse(0);
    }

    static GenerateRequest greedy(int maxTokens, int... prompt) {
        return sampled(SamplingOptions.greedy(), maxTokens, prompt);
    }

    static GenerateRequest sampled(SamplingOptions sampling, int maxTokens, int... prompt) {
        return GenerateRequest.of("model", new Prompt.Tokens(prompt), maxTokens).withSampling(sampling);
    }

    /** A greedy request that ends in its own way. */
    static GenerateRequest stopping(StopConditions stop, int... prompt) {
        return with(greedy(1, prompt), stop, OutputOptions.DEFAULT);
    }

    /** A greedy request that reports so many candidates per token. */
    static GenerateRequest reporting(int logProbs, int maxTokens, int... prompt) {
        return with(
                greedy(1, prompt),
                StopConditions.maxTokens(maxTokens),
                new OutputOptions(OptionalInt.of(logProbs), OptionalInt.empty(), true));
    }

    static GenerateRequest with(GenerateRequest r, StopConditions stop, OutputOptions output) {
        return new GenerateRequest(
                r.model(),
                r.task(),
                r.prompt(),
                r.sampling(),
                stop,
                output,
                r.dpRank(),
                r.prefillResult(),
                r.healthCheck(),
                r.priority(),
                Optional.empty(),
                r.extras());
    }

    @Override
    public void close() {
        try {
            engine.cleanup();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
