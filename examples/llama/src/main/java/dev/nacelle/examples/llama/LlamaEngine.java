package dev.nacelle.examples.llama;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.ResponseSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Serves one Llama-architecture model from a Hugging Face folder. Weights and KV cache are floats on the Java heap. */
public final class LlamaEngine implements LLMEngine {
    private static final System.Logger LOG = System.getLogger(LlamaEngine.class.getName());
    private static final int THREADS_BY_DEFAULT_MAX = 4;

    private final LlamaOptions options;
    private volatile @Nullable Service service;

    /** What there is between {@code start} and {@code cleanup}. */
    private record Service(
            String model,
            ModelConfig config,
            int contextLength,
            int dpRank,
            BlockPool pool,
            Parallel parallel,
            Scheduler scheduler) {}

    public LlamaEngine(LlamaOptions options) {
        this.options = options;
    }

    @Override
    public EngineConfig start(StartContext context) throws EngineException, InterruptedException {
        var worker = context.worker();
        var folder = worker.modelPath()
                .orElseThrow(() -> EngineException.invalid("the llama engine needs a model folder: set model.path"));
        if (worker.disaggregation() != Disaggregation.AGGREGATED)
            throw EngineException.invalid("disaggregation is %s, and the llama engine runs aggregated only"
                    .formatted(worker.disaggregation()));
        try {
            context.progress(0, "reading config.json");
            var config = ModelConfig.read(folder);
            checkHeap(config);
            var weights = Weights.read(
                    folder,
                    config,
                    done -> context.progress(
                            (double) done / config.layers(), "layer %d of %d".formatted(done, config.layers())));
            var model = worker.modelName().orElse(folder.getFileName().toString());
            var started = serve(context, model, config, weights);
            service = started;
            return describe(started);
        } catch (IOException e) {
            throw new EngineException(new EngineError.InvalidArgument(message(folder, e)), e);
        }
    }

    private static String message(Path folder, IOException e) {
        return e instanceof ModelFormatException
                ? String.valueOf(e.getMessage())
                : "cannot read the model in %s: %s".formatted(folder, e);
    }

    private static void checkHeap(ModelConfig config) throws EngineException {
        long needed = Float.BYTES * config.parameters();
        long heap = Runtime.getRuntime().maxMemory();
        if (needed > heap)
            throw EngineException.invalid(
                    "the model's weights take %d MiB as floats, and the heap has at most %d MiB: raise -Xmx"
                            .formatted(needed >> 20, heap >> 20));
    }

    private Service serve(StartContext context, String model, ModelConfig config, Weights weights) {
        int threads = options.threads()
                .orElse(Math.min(THREADS_BY_DEFAULT_MAX, Runtime.getRuntime().availableProcessors()));
        int contextLength =
                Math.min(config.contextLength(), options.contextLength().orElse(Integer.MAX_VALUE));
        var layout = new KvLayout(config.layers(), config.kvDim(), options.blockSize());
        var pool = new BlockPool(layout, options.kvBlocks().orElse(blocksByDefault(layout, contextLength)));
        var parallel = new Parallel(threads);
        var transformer = new Transformer(config, weights, parallel, options.maxBatchedTokens(), options.maxBatch());
        var scheduler = new Scheduler(transformer, pool, options, context.health()::down);
        scheduler.start();
        LOG.log(
                System.Logger.Level.INFO,
                "{0}: {1} layers, context {2}, {3} KV blocks of {4} tokens ({5} KiB each), up to {6} threads",
                model,
                config.layers(),
                contextLength,
                pool.total(),
                layout.blockSize(),
                layout.bytesPerBlock() >> 10,
                threads);
        return new Service(
                model, config, contextLength, context.worker().dataParallelStartRank(), pool, parallel, scheduler);
    }

    private int blocksByDefault(KvLayout layout, int contextLength) {
        var runtime = Runtime.getRuntime();
        long free = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
        long fit = free / 2 / layout.bytesPerBlock();
        long wanted = (long) options.maxBatch() * layout.blocks(contextLength);
        return Math.clamp(Math.min(fit, wanted), 1, Integer.MAX_VALUE);
    }

    private EngineConfig describe(Service started) {
        var registration = new Registration(
                OptionalInt.of(started.contextLength),
                OptionalInt.of(options.blockSize()),
                OptionalLong.of(started.pool.total()),
                OptionalInt.of(options.maxBatch()),
                OptionalInt.of(options.maxBatchedTokens()),
                OptionalInt.of(1),
                OptionalInt.of(started.dpRank));
        return EngineConfig.of(started.model, registration).withCapabilities(Capability.LOG_PROBABILITIES);
    }

    @Override
    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) throws EngineException {
        var serving = service;
        if (serving == null) throw new EngineException(new EngineError.EngineShutdown("the engine is not running"));
        if (request.dpRank().orElse(serving.dpRank) != serving.dpRank)
            throw EngineException.invalid("dp_rank is %d, and this worker serves rank %d"
                    .formatted(request.dpRank().getAsInt(), serving.dpRank));
        var plan = Plan.of(request, serving.config, serving.contextLength, serving.pool.layout(), serving.pool.total());
        var sequence = new Sequence(plan, context, sink, new KvBlocks(serving.pool));
        serving.scheduler.submit(sequence);
        context.onCancel(serving.scheduler::wake);
        sequence.follow(serving.scheduler::wake);
    }

    @Override
    public MetricsBindings setupMetrics(MetricsContext context) {
        var serving = service;
        if (serving == null) return MetricsBindings.none();
        return new MetricsBindings(
                List.of(serving.dpRank), publisher -> serving.scheduler.publishTo(publisher, serving.dpRank));
    }

    /** One token after the beginning of a text. */
    @Override
    public Optional<GenerateRequest> healthCheckRequest() {
        var serving = service;
        if (serving == null) return Optional.empty();
        var prompt = new Prompt.Tokens(serving.config.bosToken().orElse(0));
        return Optional.of(GenerateRequest.of(serving.model, prompt, 1).asHealthCheck());
    }

    @Override
    public void drain() {
        var serving = service;
        if (serving != null)
            serving.scheduler.refuse(new EngineError.Draining("the engine is about to stop and takes nothing new"));
    }

    @Override
    public void cleanup() throws InterruptedException {
        var serving = service;
        service = null;
        if (serving == null) return;
        serving.scheduler.stop();
        serving.parallel.close();
    }
}
