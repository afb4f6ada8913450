package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.metrics.ModelLabels;
import dev.nacelle.runtime.metrics.WorkerScope;
import dev.nacelle.runtime.plane.Lease;
import dev.nacelle.runtime.plane.PlaneException;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.runtime.role.HostServices;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.runtime.system.ComponentHealth;
import dev.nacelle.runtime.system.HealthBoard;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One engine's life in this process. {@link #start}, {@link #drain} and {@link #close} are called once each, in this
 * order and one after the other; health is shown from construction until closed.
 */
final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How long the cleanup of an engine that never served is waited for. */
    private static final Duration CLEANUP_LIMIT = Duration.ofSeconds(10);

    private final WorkerConfig config;
    private final WorkerPlace place;
    private final Engine engine;
    private final StartSteps steps;
    private final HostServices host;
    private final Duration cancelLimit;
    private final ContractWatch watch;
    private final WorkerHealth health;
    private final HealthBoard.Entry onBoard;
    private volatile @Nullable Started started;
    private volatile boolean leftBehind;
    private volatile @Nullable Serving serving;

    /** What there is once the engine has started. */
    private record Started(
            ServedModel model, Duration loadTime, WorkerScope scope, EngineCalls calls, KvEvents kvEvents) {}

    /** What there is while the worker serves. */
    private record Serving(Lease lease, HealthBoard.Entry actions, Optional<Canary> canary) {}

    /** @param cancelLimit how long the engine may take to end a request after its cancellation */
    Worker(WorkerConfig config, WorkerPlace place, Engine engine, HostServices host, Duration cancelLimit) {
        this.config = config;
        this.place = place;
        this.engine = engine;
        this.steps = new StartSteps(engine, place);
        this.host = host;
        this.cancelLimit = cancelLimit;
        this.watch = new ContractWatch(engine.name());
        this.health = new WorkerHealth(place.toString(), watch);
        this.onBoard = host.health().show(this::componentHealth);
    }

    /** A thread for {@link #start}, which an engine may hold for minutes. */
    Thread startThread(Runnable work) {
        return engine.platformThread("start-" + place, work);
    }

    /**
     * Starts the engine and serves it; blocks. When a stop is asked for meanwhile the engine's own start is let finish,
     * and nothing follows it.
     *
     * @param failed hears, once, of a step that failed, at once; when this method returns the engine has been cleaned up
     */
    void start(BooleanSupplier stopAsked, Consumer<StartException> failed) {
        try {
            var ready = startEngine();
            started = ready;
            health.enter(new WorkerState.Preparing());
            if (!stopAsked.getAsBoolean()) serve(ready, stopAsked);
            else if (leftBehind) {
                cleanUp();
                close();
            }
        } catch (StartException e) {
            failed.accept(e);
            failed(e);
        } catch (RuntimeException | Error e) { // the host's own, and no reason to leave the engine as it is
            failed.accept(new StartException("worker %s could not start: %s".formatted(place.path(), e), e));
            failed(e);
        }
    }

    /**
     * Nobody waits for a start any more that has not returned; if it still does, it cleans up after itself.
     *
     * @return false when it has returned
     */
    boolean leaveBehind() {
        leftBehind = true;
        return started == null;
    }

    /** Takes nothing new and lets what runs finish. @return whether it all did by itself */
    boolean drain(Deadline deadline) {
        var ready = started;
        if (ready == null || health.state() instanceof WorkerState.Stopped) return true;
        var served = Optional.ofNullable(serving);
        served.ifPresent(s -> {
            s.canary.ifPresent(Canary::close);
            s.actions.close();
        });
        return new Shutdown(new Shutdown.Parts(
                        place.toString(),
                        engine,
                        ready.calls,
                        health,
                        ready.scope.lifecycle(),
                        served.map(Serving::lease),
                        host.plane().isRemote(),
                        config.disaggregation() == Disaggregation.PREFILL,
                        config.routerGrace()))
                .run(deadline);
    }

    /** Takes the worker off the boards and its series off the page. */
    @Override
    public void close() {
        var ready = started;
        if (ready != null) {
            ready.calls.close();
            ready.kvEvents.close();
            ready.scope.close();
        }
        onBoard.close();
    }

    /** What is served, for the one who started the process; empty unless it is. */
    Optional<String> served() {
        var ready = started;
        if (ready == null || serving == null) return Optional.empty();
        var model = ready.model.config();
        var context = model.registration().contextLength();
        return Optional.of("worker %s %s engine %s, model %s%s"
                .formatted(
                        place.path(),
                        place.idHex(),
                        engine.name(),
                        model.modelName(),
                        context.isPresent() ? " (context %d)".formatted(context.getAsInt()) : ""));
    }

    /** Its path and id. */
    @Override
    public String toString() {
        return place.toString();
    }

    private Started startEngine() throws StartException {
        LOG.info("worker {}: starting engine '{}'", place, engine.name());
        var context = new EngineStart(place, health, host.progress());
        context.progress(0, "starting");
        long began = System.nanoTime();
        EngineConfig said;
        try {
            said = steps.start(context);
        } finally {
            context.over();
        }
        var took = Duration.ofNanos(System.nanoTime() - began);
        var model = ServedModel.of(config, said, point -> LOG.info("worker {}: {}", place, point));
        var scope = host.metrics().worker(place.chain(), ModelLabels.of(model.config()));
        scope.lifecycle().loaded(took);
        scope.engineInfo(engine.name(), said.runtime(), said.version());
        var calls = new EngineCalls(
                engine, watch, health, scope.requests(), scope.cancelPropagation(said.runtime()), cancelLimit);
        return new Started(model, took, scope, calls, new KvEvents(host.ranks().source(place.id())));
    }

    private void serve(Started ready, BooleanSupplier stopAsked) throws StartException {
        var model = ready.model.config();
        steps.setupMetrics(
                model,
                ready.loadTime,
                ready.scope,
                host.foreign(),
                ready.kvEvents.feed().load());
        steps.attachKvEvents(model, ready.kvEvents);
        var probe = steps.healthCheckRequest();
        var actions = steps.actions(ready.kvEvents.controls());
        steps.endpointReady();
        if (stopAsked.getAsBoolean()) return;
        var lease = register(ready);
        HealthBoard.@Nullable Entry offered = null;
        try {
            offered = host.actions().offer(actions);
            var canary = probe.filter(_ -> config.canary().enabled())
                    .map(request -> Canary.start(request, config.canary(), ready.calls, health));
            serving = new Serving(lease, offered, canary);
        } catch (RuntimeException | Error e) {
            if (offered != null) offered.close();
            lease.close();
            throw e;
        }
        health.serve(lease);
        LOG.info("worker {}: serving {}", place, model.modelName());
    }

    private Lease register(Started ready) throws StartException {
        try {
            return host.plane().register(card(ready.model), ready.calls);
        } catch (PlaneException e) {
            throw new StartException("worker %s: %s".formatted(place.path(), e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("worker %s: interrupted while it registered".formatted(place.path()), e);
        }
    }

    private WorkerCard card(ServedModel model) {
        return new WorkerCard(
                place.id(),
                place.spec().namespace(),
                place.spec().component(),
                place.spec().endpoint(),
                model.config(),
                model.folder(),
                config.disaggregation(),
                config.migrationLimit());
    }

    private void failed(Throwable e) {
        health.enter(new WorkerState.StartFailed(String.valueOf(e.getMessage())));
        cleanUp();
    }

    /** For an engine that never served. */
    private void cleanUp() {
        var outcome = EngineStep.run(engine, "cleanup", Deadline.in(CLEANUP_LIMIT), () -> {
            engine.cleanup();
            return true;
        });
        switch (outcome) {
            case EngineStep.Outcome.Done _ -> LOG.debug("worker {}: cleaned up", place);
            case EngineStep.Outcome.Failed(var cause) ->
                LOG.error("worker {}: cleanup of engine '{}' failed", place, engine.name(), cause);
            case EngineStep.Outcome.TooLate _ ->
                LOG.error("worker {}: cleanup of engine '{}' did not return and was interrupted", place, engine.name());
        }
        health.enter(new WorkerState.Stopped());
    }

    private ComponentHealth componentHealth() {
        var state = health.state();
        var details = new LinkedHashMap<String, Object>();
        details.put("engine", engine.name());
        var ready = started;
        if (ready != null) {
            details.put("model", ready.model.config().modelName());
            details.put("in_flight", ready.calls.gate().inFlight());
        }
        if (state instanceof WorkerState.Starting starting) details.put("progress", starting.progress());
        state.detail().ifPresent(text -> details.put("message", text));
        health.lastError().ifPresent(text -> details.put("last_error", text));
        var breaches = watch.breaches();
        if (!breaches.isEmpty()) details.put("contract_breaches", breaches);
        return new ComponentHealth(place.toString(), state.word(), state.isReady(), details);
    }
}
