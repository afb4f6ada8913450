package dev.nacelle.examples.simulated;

import dev.nacelle.examples.simulated.core.Sequence;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.error.EngineError.EngineShutdown;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.ResponseSink;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Answers with letters, when a real engine would have. Takes tokens only. */
final class SimulatedEngine implements LLMEngine {
    private final SimulatedOptions options;
    private volatile @Nullable Running running;

    /** What exists from {@code start} on. */
    private record Running(
            String model,
            long workerId,
            Disaggregation role,
            int firstRank,
            int ranks,
            Service service,
            Map<String, EngineAction> controls) {
        List<Integer> rankNumbers() {
            return IntStream.range(firstRank, firstRank + ranks).boxed().toList();
        }
    }

    SimulatedEngine(SimulatedOptions options) {
        this.options = options;
    }

    @Override
    public EngineConfig start(StartContext context) throws EngineException {
        var worker = context.worker();
        int ranks = ranks(worker);
        var model = worker.modelName().orElse("simulated");
        var service = new Service(options, ranks, context.health());
        var faults = new Faults(service, worker.dataParallelStartRank(), ranks);
        running = new Running(
                model,
                context.workerId(),
                worker.disaggregation(),
                worker.dataParallelStartRank(),
                ranks,
                service,
                faults.controls());
        service.start();
        return EngineConfig.of(
                        model,
                        new Registration(
                                OptionalInt.of(options.contextLength()),
                                OptionalInt.of(options.blockSize()),
                                OptionalLong.of(options.blocks()),
                                OptionalInt.of(options.maxNumSeqs()),
                                OptionalInt.of(options.maxNumBatchedTokens()),
                                OptionalInt.of(ranks),
                                OptionalInt.of(worker.dataParallelStartRank())))
                .withVersion("1");
    }

    @Override
    public MetricsBindings setupMetrics(MetricsContext context) {
        var engine = started();
        return new MetricsBindings(
                engine.rankNumbers(),
                publisher -> engine.service()
                        .tell(worker -> worker.publishSnapshots(
                                (snapshot, rank) -> publisher.publish(engine.firstRank() + rank, snapshot))));
    }

    @Override
    public List<KvEventSource> kvEventSources() {
        var engine = started();
        if (!options.prefixCaching()) return List.of();
        return engine.rankNumbers().stream()
                .map(rank -> KvEventSource.push(
                        rank,
                        publisher -> engine.service()
                                .tell(worker -> worker.publishEvents(rank - engine.firstRank(), publisher))))
                .toList();
    }

    @Override
    public Optional<GenerateRequest> healthCheckRequest() {
        return Optional.of(
                GenerateRequest.of(started().model(), new Prompt.Tokens('?'), 1).asHealthCheck());
    }

    @Override
    public Map<String, EngineAction> controls() {
        return started().controls();
    }

    @Override
    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) throws EngineException {
        var engine = running;
        if (engine == null) throw new EngineException(new EngineShutdown("the simulated engine was not started"));
        var prompt = request.tokenIds().toArray();
        int maxTokens = maxTokens(request, prompt.length);
        var rank = rank(request, engine);
        engine.service().serve(stream(request, prompt, maxTokens, engine, sink), rank, context::onCancel);
    }

    /** A prefill worker computes the prompt alone; a decode worker without a hand-off computes it by itself. */
    private Stream stream(GenerateRequest request, int[] prompt, int maxTokens, Running engine, ResponseSink sink)
            throws EngineException {
        long transfer = options.transferNanos(prompt.length);
        if (engine.role() == Disaggregation.PREFILL)
            return new Stream(
                    sink,
                    FinishReason.LENGTH,
                    Optional.of(chosen -> Handoff.of(engine.workerId(), engine.firstRank() + chosen, prompt)),
                    output -> Sequence.prefill(prompt, transfer, output));
        var completion = Completion.of(request, prompt, maxTokens, options);
        if (request.prefillResult().isEmpty())
            return new Stream(
                    sink,
                    completion.reason(),
                    Optional.empty(),
                    output -> Sequence.aggregated(prompt, completion.tokens().toArray(), output));
        Handoff.check(request.prefillResult(), prompt);
        return new Stream(
                sink,
                completion.reason(),
                Optional.empty(),
                output -> Sequence.decode(prompt, completion.tokens().toArray(), transfer, output));
    }

    @Override
    public Optional<Boolean> isQuiescent() {
        return started().service().isQuiescent();
    }

    @Override
    public void cleanup() throws InterruptedException {
        var engine = running;
        if (engine != null) engine.service().stop();
    }

    private int ranks(WorkerSpec worker) throws EngineException {
        int configured = worker.dataParallelSize();
        int ranks = options.ranks().orElse(configured);
        // A size of 1 may be the default: then the option decides.
        if (configured > 1 && ranks != configured)
            throw EngineException.invalid(
                    "ranks %d and data_parallel.size %d: leave one of them out".formatted(ranks, configured));
        return ranks;
    }

    /** The rank that a router chose, from 0. */
    private static OptionalInt rank(GenerateRequest request, Running engine) throws EngineException {
        if (request.dpRank().isEmpty()) return OptionalInt.empty();
        int rank = request.dpRank().getAsInt() - engine.firstRank();
        if (rank < 0 || rank >= engine.ranks())
            throw EngineException.invalid("dp_rank %d, expected %d to %d, which this worker serves"
                    .formatted(
                            request.dpRank().getAsInt(), engine.firstRank(), engine.firstRank() + engine.ranks() - 1));
        return OptionalInt.of(rank);
    }

    private int maxTokens(GenerateRequest request, int prompt) throws EngineException {
        int room = options.contextLength() - prompt;
        int asked = request.stop().maxTokens().orElse(Math.max(room, 1));
        if (asked > room)
            throw EngineException.invalid(
                    "a prompt of %d tokens and max_tokens %d exceed the context of %d tokens: shorten the prompt or lower max_tokens"
                            .formatted(prompt, asked, options.contextLength()));
        int needed = options.rankConfig().blocksFor(prompt + asked - 1);
        if (needed > options.blocks())
            throw EngineException.invalid(
                    "a prompt of %d tokens and max_tokens %d take %d KV blocks, and a rank has %d: shorten the prompt or lower max_tokens"
                            .formatted(prompt, asked, needed, options.blocks()));
        return asked;
    }

    private Running started() {
        var engine = running;
        if (engine == null) throw new IllegalStateException("the simulated engine was not started");
        return engine;
    }
}
