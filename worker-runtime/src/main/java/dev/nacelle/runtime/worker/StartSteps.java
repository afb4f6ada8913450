package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.metrics.ForeignRegistries;
import dev.nacelle.runtime.metrics.LoadListener;
import dev.nacelle.runtime.metrics.WorkerScope;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.runtime.system.ActionBoard;
import dev.nacelle.spi.Endpoint;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.metrics.MetricsContext;
import dev.nacelle.spi.request.GenerateRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The calls of an engine's start, each with its failure put into words for the operator. Whatever an engine throws, an
 * error of the linker among it, fails this start and nothing else.
 */
record StartSteps(Engine engine, WorkerPlace place) {
    EngineConfig start(StartContext context) throws StartException {
        var said = step("start", () -> engine.start(context));
        if (said.model().isEmpty()) throw failure("start", "the EngineConfig it returned names no model", null);
        return said;
    }

    void setupMetrics(
            EngineConfig model, Duration loadTime, WorkerScope scope, ForeignRegistries foreign, LoadListener load)
            throws StartException {
        var bindings = step("setupMetrics", () -> {
            try (var metrics = scope.engineMetrics(foreign)) {
                return engine.code()
                        .setupMetrics(
                                new MetricsContext(model.model(), place.spec().component(), loadTime, metrics));
            }
        });
        if (bindings.dpRanks().isEmpty()) return;
        var publisher = scope.components(bindings.dpRanks(), load);
        run("onPublisherReady", () -> bindings.onPublisherReady().accept(publisher));
    }

    void attachKvEvents(EngineConfig model, KvEvents events) throws StartException {
        var sources = step("kvEventSources", engine.code()::kvEventSources);
        var ranks = model.registration();
        run(
                "kvEventSources",
                () -> events.attach(
                        sources,
                        ranks.dataParallelStartRank().orElse(0),
                        ranks.dataParallelSize().orElse(1)));
    }

    Optional<GenerateRequest> healthCheckRequest() throws StartException {
        return step("healthCheckRequest", engine.code()::healthCheckRequest);
    }

    /** @param ofHost controls beside the engine's own, which win where the names are the same */
    ActionBoard.Target actions(Map<String, EngineAction> ofHost) throws StartException {
        var controls = new LinkedHashMap<>(ofHost);
        controls.putAll(inEnginesLoader(step("controls", engine.code()::controls)));
        return new ActionBoard.Target(
                place.spec().component(),
                place.idHex(),
                controls,
                inEnginesLoader(step("updates", engine.code()::updates)));
    }

    void endpointReady() throws StartException {
        step("onEndpointReady", () -> {
            engine.code().onEndpointReady(new Endpoint(place.path(), place.id()));
            return true;
        });
    }

    private Map<String, EngineAction> inEnginesLoader(Map<String, EngineAction> actions) {
        var wrapped = new LinkedHashMap<String, EngineAction>();
        actions.forEach((name, action) -> wrapped.put(name, body -> {
            var thread = Thread.currentThread();
            var before = thread.getContextClassLoader();
            thread.setContextClassLoader(engine.classLoader());
            try {
                return action.apply(body);
            } finally {
                thread.setContextClassLoader(before);
            }
        }));
        return wrapped;
    }

    private void run(String what, Runnable call) throws StartException {
        step(what, () -> {
            call.run();
            return true;
        });
    }

    private <T> T step(String what, Callable<? extends @Nullable T> call) throws StartException {
        T value;
        try {
            value = call.call();
        } catch (EngineException e) {
            throw failure(what, e.error().message(), e);
        } catch (Throwable e) {
            throw failure(what, e.toString(), e);
        }
        if (value == null) throw failure(what, "it returned null", null);
        return value;
    }

    private StartException failure(String what, String reason, @Nullable Throwable cause) {
        return new StartException(
                "engine '%s' of worker %s failed in %s: %s".formatted(engine.name(), place.path(), what, reason),
                cause);
    }
}
