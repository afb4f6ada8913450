package dev.nacelle.runtime.worker;

import dev.nacelle.spi.Endpoint;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small engine whose every step can be given another body; it writes down what is called. */
final class ScriptedEngine implements LLMEngine {
    final List<String> calls = new CopyOnWriteArrayList<>();

    /** The body of {@code start}. */
    volatile Step<StartContext, EngineConfig> onStart = _ -> EngineConfig.of("scripted");

    volatile Step<MetricsContext, MetricsBindings> onSetupMetrics = _ -> MetricsBindings.none();
    volatile Step<LLMEngine, List<KvEventSource>> onKvEventSources = _ -> List.of();
    volatile Optional<GenerateRequest> probe = Optional.empty();
    volatile Step<Endpoint, Boolean> onEndpointReady = _ -> true;
    volatile Generate onGenerate = (_, _, sink) -> {
        sink.token(1);
        sink.finish(FinishReason.STOP);
    };
    volatile Step<GenerateContext, Boolean> onAbort = _ -> true;
    volatile Step<LLMEngine, Boolean> onDrain = _ -> true;
    volatile Step<LLMEngine, Optional<Boolean>> onQuiescent = _ -> Optional.of(true);
    volatile Step<LLMEngine, Boolean> onCleanup = _ -> true;
    volatile Map<String, EngineAction> actions = Map.of();

    /** One step's body. */
    @FunctionalInterface
    interface Step<A, R> {
        R run(A argument) throws EngineException, InterruptedException;
    }

    /** The body of {@code generate}. */
    @FunctionalInterface
    interface Generate {
        void run(GenerateRequest request, GenerateContext context, ResponseSink sink)
                throws EngineException, InterruptedException;
    }

    @Override
    public EngineConfig start(StartContext context) throws EngineException, InterruptedException {
        calls.add("start");
        return onStart.run(context);
    }

    @Override
    public MetricsBindings setupMetrics(MetricsContext context) {
        calls.add("setupMetrics");
        return unchecked(onSetupMetrics, context);
    }

    @Override
    public List<KvEventSource> kvEventSources() {
        calls.add("kvEventSources");
        return unchecked(onKvEventSources, this);
    }

    @Override
    public Optional<GenerateRequest> healthCheckRequest() {
        calls.add("healthCheckRequest");
        return probe;
    }

    @Override
    public Map<String, EngineAction> controls() {
        calls.add("controls");
        return actions;
    }

    @Override
    public Map<String, EngineAction> updates() {
        calls.add("updates");
        return actions;
    }

    @Override
    public void onEndpointReady(Endpoint endpoint) throws EngineException, InterruptedException {
        calls.add("onEndpointReady");
        onEndpointReady.run(endpoint);
    }

    @Override
    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
            throws EngineException, InterruptedException {
        calls.add("generate");
        onGenerate.run(request, context, sink);
    }

    @Override
    public void abort(GenerateContext context) {
        calls.add("abort");
        unchecked(onAbort, context);
    }

    @Override
    public void drain() throws EngineException, InterruptedException {
        calls.add("drain");
        onDrain.run(this);
    }

    @Override
    public Optional<Boolean> isQuiescent() {
        calls.add("isQuiescent");
        return unchecked(onQuiescent, this);
    }

    @Override
    public void cleanup() throws EngineException, InterruptedException {
        calls.add("cleanup");
        onCleanup.run(this);
    }

    private static <A, R> R unchecked(Step<A, R> step, A argument) {
        try {
            return step.run(argument);
        } catch (EngineException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
