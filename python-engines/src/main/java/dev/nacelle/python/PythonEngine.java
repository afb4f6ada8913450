package dev.nacelle.python;

import dev.nacelle.python.bridge.Json;
import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.spi.Endpoint;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An engine whose class is Python. Each member of the SPI is a call of the Python object's member. */
final class PythonEngine implements LLMEngine {
    /** What Python's event loop gets to end after {@code cleanup}. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final PythonCode code;
    private final Transport.Factory factory;
    private final AtomicBoolean cleaned = new AtomicBoolean();
    private volatile @Nullable PythonLife life;

    PythonEngine(PythonCode code, Transport.Factory factory) {
        this.code = code;
        this.factory = factory;
    }

    @Override
    public EngineConfig start(StartContext context) throws EngineException, InterruptedException {
        var begun = new PythonLife(code, factory, context);
        life = begun;
        var description = begun.begin();
        description.compareWith(context.worker());
        return description.engineConfig(factory.runtime(), begun.session().interpreter("version"));
    }

    @Override
    public MetricsBindings setupMetrics(MetricsContext context) {
        return alive().setupMetrics(context.metrics());
    }

    @Override
    public List<KvEventSource> kvEventSources() {
        return alive().kvEventSources();
    }

    @Override
    public Optional<GenerateRequest> healthCheckRequest() {
        return Probe.of(Json.object(alive().ask("health_check", Map.of())));
    }

    @Override
    public Map<String, EngineAction> controls() {
        return actions("controls", "control");
    }

    @Override
    public Map<String, EngineAction> updates() {
        return actions("updates", "update");
    }

    @Override
    public void onEndpointReady(Endpoint endpoint) throws EngineException, InterruptedException {
        alive().endpointReady(endpoint);
    }

    @Override
    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink)
            throws EngineException, InterruptedException {
        var running = life;
        if (running == null) throw new EngineException(new EngineError.EngineShutdown("the engine is not running"));
        running.session().generate(request, context, sink);
    }

    @Override
    public void drain() throws EngineException, InterruptedException {
        var running = life;
        if (running != null) running.unlessGone("drain");
    }

    @Override
    public Optional<Boolean> isQuiescent() {
        return alive().ask("is_quiescent", Map.of()) instanceof Boolean quiet ? Optional.of(quiet) : Optional.empty();
    }

    /** Python's {@code cleanup} runs once; then its event loop ends, and its process. */
    @Override
    public void cleanup() throws EngineException, InterruptedException {
        var running = life;
        if (running == null || !cleaned.compareAndSet(false, true)) return;
        running.end(CLOSE_LIMIT);
    }

    private Map<String, EngineAction> actions(String which, String method) {
        var running = alive();
        var offered = Json.object(running.ask("actions", Map.of()));
        var actions = new LinkedHashMap<String, EngineAction>();
        for (var each : Json.list(offered.get(which))) {
            var name = String.valueOf(each);
            actions.put(
                    name,
                    body -> Json.map(running.session().call(method, Map.of("name", name, "body", body), Limits.WORK)));
        }
        return actions;
    }

    private PythonLife alive() {
        var running = life;
        if (running == null) throw new IllegalStateException("the engine was not started");
        return running;
    }
}
