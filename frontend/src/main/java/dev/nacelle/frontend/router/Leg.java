package dev.nacelle.frontend.router;

import dev.nacelle.frontend.metrics.Phase;
import dev.nacelle.frontend.metrics.Stage;
import dev.nacelle.routing.Placement.NobodyReady;
import dev.nacelle.routing.Placement.Placed;
import dev.nacelle.routing.Placement.Saturated;
import dev.nacelle.routing.Rank;
import dev.nacelle.routing.RouteRequest;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import java.time.Duration;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stretch of a request's way: to be placed in one pool, and taken there by somebody. */
final class Leg implements WaitingRoom.Guest {
    private static final Logger LOG = LoggerFactory.getLogger(Leg.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Journey journey;
    private final LivePool pool;
    private final Phase phase;
    private final GenerateRequest request;
    private final int[] tokens;
    private final ResponseReceiver receiver;
    private final long deadlineNanos;
    private final Set<Rank> refusedBy = new HashSet<>();
    /** What the last one who was asked said. */
    private @Nullable EngineError refusal;

    /** @param receiver gets exactly one terminal */
    Leg(Journey journey, LivePool pool, Phase phase, GenerateRequest request, ResponseReceiver receiver) {
        this.journey = journey;
        this.pool = pool;
        this.phase = phase;
        this.request = request;
        this.receiver = receiver;
        tokens = request.prompt() instanceof Prompt.Tokens(var ids) ? ids.toArray() : new int[0];
        deadlineNanos = System.nanoTime() + pool.config().queueTimeout().toNanos();
    }

    /** Sets out: finds somebody who takes the request, waits, or fails. */
    void begin() {
        journey.out().stages().enter(Stage.ROUTE, phase);
        if (tryPlacing() || pool.waiting().enter(this)) return;
        receiver.failed(new EngineError.Overloaded(
                "every worker is saturated, and %d requests wait already; try again shortly"
                        .formatted(pool.config().queueLength()),
                RETRY_AFTER));
    }

    /** Gives up waiting. @return false when it was not waiting */
    boolean leaveQueue() {
        if (!pool.waiting().leave(this)) return false;
        receiver.failed(givenUp());
        return true;
    }

    @Override
    public int priority() {
        return request.priority().orElse(0);
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public boolean served() {
        return tryPlacing();
    }

    @Override
    public void turnedAway(boolean closing) {
        receiver.failed(
                closing
                        ? refusal()
                        : new EngineError.Overloaded(
                                "every worker was saturated for %d s; try again shortly"
                                        .formatted(pool.config().queueTimeout().toSeconds()),
                                RETRY_AFTER));
    }

    private EngineError refusal() {
        return refusal != null
                ? refusal
                : new EngineError.WorkerUnavailable("no worker of model '%s' is ready; try again shortly"
                        .formatted(journey.out().model()));
    }

    private static EngineError givenUp() {
        return new EngineError.Cancelled("the request was given up");
    }

    /** @return false when everybody is saturated */
    private boolean tryPlacing() {
        try {
            while (true) {
                if (journey.isGivenUp()) {
                    receiver.failed(givenUp());
                    return true;
                }
                switch (pool.place(routeRequest(), phase)) {
                    case Saturated _ -> {
                        return false;
                    }
                    case NobodyReady _ -> {
                        receiver.failed(refusal());
                        return true;
                    }
                    case Placed placed -> {
                        if (dispatch(placed)) return true;
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("request {} could not be placed", journey.out().head().id(), e);
            receiver.failed(new EngineError.Unknown("an internal error, which the server's log explains"));
            return true;
        }
    }

    private RouteRequest routeRequest() {
        var hints = journey.out().hints();
        return new RouteRequest(
                tokens,
                hints.worker(),
                hints.dpRank(),
                hints.session(),
                hints.mode(),
                hints.overlapWeight(),
                hints.temperature(),
                refusedBy,
                hints.waits());
    }

    /** @return false when another may be asked */
    private boolean dispatch(Placed placed) {
        var rank = placed.rank();
        journey.decided(placed, pool);
        journey.out().stages().enter(Stage.DISPATCH, phase);
        var instance = pool.instance(rank.worker());
        try {
            if (instance.isEmpty()) throw new EngineException(refusal()); // it has just left
            var relay = new Relay(receiver, pool, placed, journey.drift(), tokens.length, journey.arrivedNanos());
            journey.started(instance.get()
                    .dispatch(withRank(rank.dpRank()), journey.out().head(), relay));
            return true;
        } catch (EngineException e) {
            placed.booking().close();
            pool.metrics().ended.increment();
            if (!mayAnotherTakeIt(e.error())) {
                receiver.failed(e.error());
                return true;
            }
            LOG.debug("request {}: refused by rank {}", journey.out().head().id(), rank, e);
            refusedBy.add(rank);
            refusal = e.error();
            return false;
        } catch (RuntimeException | Error e) {
            placed.booking().close();
            throw e;
        }
    }

    private GenerateRequest withRank(OptionalInt dpRank) {
        if (dpRank.isEmpty()) return request;
        return new GenerateRequest(
                request.model(),
                request.task(),
                request.prompt(),
                request.sampling(),
                request.stop(),
                request.output(),
                dpRank,
                request.prefillResult(),
                request.healthCheck(),
                request.priority(),
                request.deadline(),
                request.extras());
    }

    static boolean mayAnotherTakeIt(EngineError error) {
        return switch (error) {
            case EngineError.Draining _,
                    EngineError.WorkerUnavailable _,
                    EngineError.EngineShutdown _,
                    EngineError.CannotConnect _,
                    EngineError.ConnectionTimeout _,
                    EngineError.Overloaded _ -> true;
            case EngineError.InvalidArgument _,
                    EngineError.Disconnected _,
                    EngineError.ResponseTimeout _,
                    EngineError.StreamIncomplete _,
                    EngineError.Cancelled _,
                    EngineError.HttpError _,
                    EngineError.Unknown _ -> false;
        };
    }
}
