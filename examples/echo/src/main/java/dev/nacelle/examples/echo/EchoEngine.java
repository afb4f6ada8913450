package dev.nacelle.examples.echo;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineError.EngineShutdown;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Repeats the prompt's tokens in a circle, up to {@code max_tokens}, or counts them for an embedding. Takes tokens only. */
final class EchoEngine implements LLMEngine {
    private static final int BYTE_TOKENIZER_EOS = 257;
    /** The contract's default for completions, should a host not fill {@code max_tokens} in. */
    private static final int DEFAULT_MAX_TOKENS = 16;

    private final EchoOptions options;
    private volatile @Nullable Running running;

    /** What exists from {@code start} on. */
    private record Running(String model, OptionalInt eos, RankSlots slots, EchoScheduler scheduler) {}

    EchoEngine(EchoOptions options) {
        this.options = options;
    }

    @Override
    public EngineConfig start(StartContext context) {
        var worker = context.worker();
        var model = worker.modelName().orElse("echo");
        var slots = new RankSlots(worker.dataParallelStartRank(), worker.dataParallelSize(), options.maxNumSeqs());
        var eos = options.eosTokenId()
                .map(OptionalInt::of)
                .orElse(worker.modelPath().isPresent() ? OptionalInt.empty() : OptionalInt.of(BYTE_TOKENIZER_EOS));
        running = new Running(model, eos, slots, EchoScheduler.start(options.rate(), slots));
        return EngineConfig.of(
                        model,
                        new Registration(
                                OptionalInt.of(options.contextLength()),
                                OptionalInt.empty(),
                                OptionalLong.of(options.maxNumSeqs()),
                                OptionalInt.of(options.maxNumSeqs()),
                                OptionalInt.empty(),
                                OptionalInt.of(worker.dataParallelSize()),
                                OptionalInt.of(worker.dataParallelStartRank())))
                .withVersion("1")
                .withCapabilities(Capability.EMBEDDINGS);
    }

    @Override
    public MetricsBindings setupMetrics(MetricsContext context) {
        var echo = started();
        return new MetricsBindings(echo.slots().ranks(), echo.scheduler()::publishTo);
    }

    @Override
    public Optional<GenerateRequest> healthCheckRequest() {
        return Optional.of(
                GenerateRequest.of(started().model(), new Prompt.Tokens('?'), 1).asHealthCheck());
    }

    @Override
    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) throws EngineException {
        var echo = running;
        if (echo == null) throw new EngineException(new EngineShutdown("the echo engine was not started"));
        if (request.isEmbedding()) {
            embed(request, sink);
            return;
        }
        int maxTokens = maxTokens(request);
        int slot = echo.slots().take(request.dpRank());
        try {
            var stream = new EchoStream(request, maxTokens, echo.eos(), context, sink);
            echo.scheduler().join(stream);
            stream.awaitEnd(echo.scheduler()::wake);
        } finally {
            echo.slots().release(slot);
            echo.scheduler().wake(); // which publishes the slots in use
        }
    }

    @Override
    public void cleanup() throws InterruptedException {
        var echo = running;
        if (echo != null) echo.scheduler().stop();
    }

    private void embed(GenerateRequest request, ResponseSink sink) throws EngineException {
        var prompt = request.tokenIds();
        if (prompt.size() > options.contextLength())
            throw EngineException.invalid("a text of %d tokens exceeds the context of %d tokens: shorten it"
                    .formatted(prompt.size(), options.contextLength()));
        sink.emit(Chunk.ofEmbedding(TokenCounts.vector(prompt, TokenCounts.dimensions(request.extras()))));
        sink.finish(FinishReason.STOP, new Usage(prompt.size(), 0));
    }

    private int maxTokens(GenerateRequest request) throws EngineException {
        int prompt = request.tokenIds().size();
        int room = options.contextLength() - prompt;
        int asked = request.stop().maxTokens().orElse(Math.clamp(room, 1, DEFAULT_MAX_TOKENS));
        if (asked > room)
            throw EngineException.invalid(
                    "a prompt of %d tokens and max_tokens %d exceed the context of %d tokens: shorten the prompt or lower max_tokens"
                            .formatted(prompt, asked, options.contextLength()));
        return asked;
    }

    private Running started() {
        var echo = running;
        if (echo == null) throw new IllegalStateException("the echo engine was not started");
        return echo;
    }
}
