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
    private volatile boolean shut;

    /** What exists from {@code start} on. */
    private record Running(String model, OptionalInt eos, RankSlots slots, Optional<EchoScheduler> scheduler) {}

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
        var scheduler = Optional.of(options.rate()).filter(rate -> rate > 0).map(EchoScheduler::start);
        running = new Running(model, eos, slots, scheduler);
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
        return new MetricsBindings(echo.slots().ranks(), echo.slots()::publishTo);
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
        try (var slot = echo.slots().take(request.dpRank())) {
            var stream = new EchoStream(request, maxTokens, echo.eos(), context, sink, slot);
            if (echo.scheduler().isEmpty()) stream.run(() -> shut);
            else follow(echo.scheduler().get(), stream);
        }
    }

    private static void follow(EchoScheduler scheduler, EchoStream stream) throws EngineException {
        scheduler.join(stream);
        stream.awaitEnd(scheduler::wake);
    }

    @Override
    public void cleanup() throws InterruptedException {
        shut = true;
        var echo = running;
        if (echo != null && echo.scheduler().isPresent()) echo.scheduler().get().stop();
    }

    static EngineShutdown shutdown() {
        return new EngineShutdown("the echo engine is shut down");
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
