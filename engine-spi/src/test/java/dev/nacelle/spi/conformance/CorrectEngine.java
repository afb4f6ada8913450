package dev.nacelle.spi.conformance;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.metrics.SnapshotPublisher;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every rule and offers everything that rules are about. Each request works on its own thread; its tokens follow
 * from its prompt alone. Broken engines override one step.
 */
class CorrectEngine implements LLMEngine {
    static final int CONTEXT = 256;

    boolean startEntered;
    boolean started;
    boolean cleanedUp;
    volatile @Nullable SnapshotPublisher publisher;
    volatile @Nullable KvEventPublisher events;

    @Override
    public EngineConfig start(StartContext context) throws EngineException, InterruptedException {
        startEntered = true;
        context.progress(0.5, "half-way");
        started = true;
        return config();
    }

    EngineConfig config() {
        return EngineConfig.of("correct", Registration.ofContext(CONTEXT))
                .withCapabilities(Capability.LOG_PROBABILITIES, Capability.MULTIPLE_CHOICES, Capability.EMBEDDINGS);
    }

    @Override
    public MetricsBindings setupMetrics(MetricsContext context) {
        context.metrics().counter("correct_total", "Requests").increment();
        context.metrics().addExpfmtCallback(() -> "# EOF\n");
        return new MetricsBindings(List.of(0), ready -> publisher = ready);
    }

    @Override
    public List<KvEventSource> kvEventSources() {
        return List.of(KvEventSource.push(0, ready -> events = ready));
    }

    @Override
    public Optional<GenerateRequest> healthCheckRequest() {
        return Optional.of(
                GenerateRequest.of("correct", new Prompt.Tokens(1), 1).asHealthCheck());
    }

    @Override
    public Map<String, EngineAction> controls() {
        return Map.of("pause_all", body -> body);
    }

    @Override
    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
            throws EngineException, InterruptedException {
        checkLength(request.tokenIds());
        report();
        if (request.isEmbedding()) {
            embed(request, sink);
            return;
        }
        var reason = FinishReason.LENGTH;
        int emitted = 0;
        for (int choice = 0; choice < choices(request); choice++) {
            int most = mostTokens(request.stop());
            for (int i = 0; i < most; i++) {
                sink.awaitWritable();
                if (context.isCancelled()) {
                    cancelled(sink, usage(request, emitted));
                    return;
                }
                int token = next(request.tokenIds(), i);
                if (isStop(token, i, request.stop())) {
                    reason = FinishReason.STOP;
                    break;
                }
                emit(request, sink, choice, token);
                emitted++;
            }
        }
        finish(sink, reason, usage(request, emitted));
    }

    void embed(GenerateRequest request, ResponseSink sink) {
        sink.emit(Chunk.ofEmbedding(request.tokenIds().at(0), 1));
        sink.finish(FinishReason.STOP, usage(request, 0));
    }

    void checkLength(TokenIds prompt) throws EngineException {
        if (prompt.size() >= CONTEXT)
            throw EngineException.invalid(
                    "a prompt of %d tokens, expected fewer than %d".formatted(prompt.size(), CONTEXT));
    }

    void report() {
        var snapshots = publisher;
        if (snapshots != null) snapshots.publish(0, new ComponentSnapshot(1, 2, 0.5, 0.25));
        var blocks = events;
        if (blocks != null) blocks.stored(new long[] {1}, OptionalLong.empty(), TokenIds.of(1, 2), 2);
    }

    int choices(GenerateRequest request) {
        return request.sampling().n();
    }

    int mostTokens(StopConditions stop) {
        return stop.maxTokens().orElse(16);
    }

    int next(TokenIds prompt, int i) {
        return prompt.at(i % prompt.size()) + i;
    }

    boolean isStop(int token, int i, StopConditions stop) {
        return stop.endsAt(token, i);
    }

    void emit(GenerateRequest request, ResponseSink sink, int choice, int token) throws InterruptedException {
        boolean logProbs = request.output().logProbs().isPresent();
        if (choice == 0 && !logProbs) sink.token(token);
        else
            sink.emit(new Chunk(
                    choice,
                    TokenIds.of(token),
                    Optional.empty(),
                    logProbs ? List.of(new TokenLogProb(token, -0.5, List.of())) : List.of(),
                    Optional.empty(),
                    Map.of(),
                    Map.of()));
    }

    Usage usage(GenerateRequest request, int emitted) {
        return new Usage(request.tokenIds().size(), emitted);
    }

    void cancelled(ResponseSink sink, Usage usage) {
        sink.finish(FinishReason.CANCELLED, usage);
    }

    void finish(ResponseSink sink, FinishReason reason, Usage usage) {
        sink.finish(reason, usage);
    }

    @Override
    public void cleanup() throws EngineException, InterruptedException {
        cleanedUp = true;
    }
}
