package dev.nacelle.frontend.router;

import dev.nacelle.frontend.metrics.Phase;
import dev.nacelle.routing.Placement.Placed;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.StopConditions;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request's way to its worker: straight there, or by a worker that prefills for it. Where a prefill cannot be had, the
 * decoding worker does all of the work.
 */
final class Journey implements InFlight {
    private static final Logger LOG = LoggerFactory.getLogger(Journey.class);

    private final ModelPools pools;
    private final Outgoing out;
    private final long arrivedNanos = System.nanoTime();
    private final AtomicReference<@Nullable CancelCause> givenUp = new AtomicReference<>();
    private final AtomicReference<@Nullable InFlight> inFlight = new AtomicReference<>();
    private volatile @Nullable Leg leg;

    Journey(ModelPools pools, Outgoing out) {
        this.pools = pools;
        this.out = out;
    }

    Outgoing out() {
        return out;
    }

    Drift drift() {
        return pools.drift();
    }

    long arrivedNanos() {
        return arrivedNanos;
    }

    boolean isGivenUp() {
        return givenUp.get() != null;
    }

    void begin() {
        var prefill = pools.readyPrefill();
        // Whoever names a worker means that one, and nobody before it; an embedding has nothing to decode.
        boolean whole = out.hints().worker().isPresent() || out.request().isEmbedding();
        // Where nobody could go on with it, a prefill would be in vain.
        if (prefill.isEmpty() || whole || pools.readyDecode().isEmpty()) decode(Phase.AGGREGATED, Map.of());
        else
            go(new Leg(
                    this,
                    prefill.get(),
                    Phase.PREFILL,
                    oneToken(out.request()),
                    new PrefillReceiver(new PrefillReceiver.Outcome() {
                        @Override
                        public void prefilled(Map<String, Object> result) {
                            decode(Phase.DECODE, result);
                        }

                        @Override
                        public void failed(EngineError error) {
                            prefillFailed(error);
                        }
                    })));
    }

    private void prefillFailed(EngineError error) {
        if (isGivenUp() || error instanceof EngineError.InvalidArgument || error instanceof EngineError.Cancelled) {
            out.receiver().failed(error);
            return;
        }
        LOG.warn("request {}: without a prefill: {}", out.head().id(), error.message());
        decode(Phase.AGGREGATED, Map.of());
    }

    private void decode(Phase phase, Map<String, Object> prefillResult) {
        var pool = pools.decode();
        if (pool.isPresent())
            go(new Leg(this, pool.get(), phase, withPrefill(out.request(), prefillResult), out.receiver()));
        else
            out.receiver()
                    .failed(new EngineError.WorkerUnavailable(
                            "no worker of model '%s' is there; try again shortly".formatted(out.model())));
    }

    private void go(Leg next) {
        leg = next;
        next.begin();
    }

    /** Somebody has taken the request. */
    void started(InFlight engine) {
        inFlight.set(engine);
        var cause = givenUp.get();
        if (cause != null) engine.cancel(cause);
    }

    @Override
    public void cancel(CancelCause cause) {
        if (!givenUp.compareAndSet(null, cause)) return;
        var now = leg;
        if (now != null && now.leaveQueue()) return;
        var engine = inFlight.get();
        if (engine != null) engine.cancel(cause);
    }

    /** A rank was chosen. */
    void decided(Placed placed, LivePool pool) {
        var mode = out.hints().mode().orElse(pool.config().mode());
        var decision = Decisions.Decision.of(out.head().id(), mode, placed);
        pools.decisions().add(decision);
        if (!out.hints().explain()) return;
        var rank = placed.rank();
        out.header().accept("x-nacelle-worker", Long.toHexString(rank.worker().id()));
        rank.dpRank().ifPresent(number -> out.header().accept("x-nacelle-rank", Integer.toString(number)));
        out.header()
                .accept(
                        pool.type() == WorkerType.PREFILL ? "x-nacelle-prefill-route" : "x-nacelle-route",
                        decision.explained());
    }

    private static GenerateRequest oneToken(GenerateRequest request) {
        var stop = request.stop();
        return with(
                request,
                new StopConditions(OptionalInt.of(1), 0, stop.stopTokenIds(), stop.stopStrings(), stop.ignoreEos()),
                request.prefillResult());
    }

    private static GenerateRequest withPrefill(GenerateRequest request, Map<String, Object> prefillResult) {
        return prefillResult.isEmpty() ? request : with(request, request.stop(), prefillResult);
    }

    private static GenerateRequest with(
            GenerateRequest request, StopConditions stop, Map<String, Object> prefillResult) {
        return new GenerateRequest(
                request.model(),
                request.task(),
                request.prompt(),
                request.sampling(),
                stop,
                request.output(),
                request.dpRank(),
                prefillResult,
                request.healthCheck(),
                request.priority(),
                request.deadline(),
                request.extras());
    }
}
