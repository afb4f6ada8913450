package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.metrics.LifecycleGauges;
import dev.nacelle.runtime.metrics.ShutdownStage;
import dev.nacelle.runtime.metrics.StageOutcome;
import dev.nacelle.runtime.plane.Lease;
import dev.nacelle.runtime.role.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker's way out: its stages, under one budget of which the last part belongs to the engine's cleanup. */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    /** What the cleanup gets of the budget, and a third of it at most. */
    private static final Duration CLEANUP_SHARE = Duration.ofSeconds(5);

    /** What streams get to end in once they were told to: as long as the contract gives them. */
    private static final Duration CANCEL_SHARE = Duration.ofSeconds(2);

    /** What the cleanup gets even when nothing of the budget is left. */
    private static final Duration CLEANUP_MIN = Duration.ofSeconds(1);

    private static final Duration QUIESCENCE_POLL = Duration.ofMillis(500);

    private final Parts parts;
    private boolean clean = true;

    /**
     * What is shut down.
     *
     * @param lease empty when the worker never served
     */
    record Parts(
            String worker,
            Engine engine,
            EngineCalls calls,
            WorkerHealth health,
            LifecycleGauges gauges,
            Optional<Lease> lease,
            boolean isRemote,
            boolean isPrefill,
            Duration routerGrace) {}

    Shutdown(Parts parts) {
        this.parts = parts;
    }

    /** Runs the stages. @return whether all work ended by itself, and the cleanup too */
    boolean run(Deadline deadline) {
        var third = deadline.remaining().dividedBy(3);
        var workEnd = deadline.minus(shorter(CLEANUP_SHARE, third));
        var streamsEnd = workEnd.minus(shorter(CANCEL_SHARE, third));
        stage(ShutdownStage.UNREGISTER, this::unregister);
        stage(ShutdownStage.ROUTER_GRACE, () -> routerGrace(streamsEnd));
        stage(ShutdownStage.STOP_ADMISSION, this::stopAdmission);
        stage(ShutdownStage.INFLIGHT, () -> inflight(streamsEnd, workEnd));
        stage(ShutdownStage.KV_TRANSFER, () -> kvTransfer(workEnd));
        stage(ShutdownStage.CLEANUP, () -> cleanup(deadline));
        parts.health.enter(new WorkerState.Stopped());
        return clean;
    }

    private StageOutcome unregister() {
        parts.lease.ifPresent(Lease::close);
        return ifServed(StageOutcome.COMPLETED);
    }

    private StageOutcome routerGrace(Deadline end) throws InterruptedException {
        if (parts.lease.isEmpty() || !parts.isRemote) return StageOutcome.SKIPPED;
        var grace = shorter(parts.routerGrace, end.remaining());
        Thread.sleep(grace);
        return grace.compareTo(parts.routerGrace) < 0 ? StageOutcome.DEADLINE : StageOutcome.COMPLETED;
    }

    private StageOutcome stopAdmission() {
        parts.calls.gate().close();
        parts.calls.probeGate().close();
        return StageOutcome.COMPLETED;
    }

    private StageOutcome inflight(Deadline streamsEnd, Deadline workEnd) {
        if (parts.lease.isEmpty()) return StageOutcome.SKIPPED;
        long began = System.nanoTime();
        var gate = parts.calls.gate();
        var outcome = awaitEmpty(gate, streamsEnd) ? StageOutcome.COMPLETED : endStreams(gate, workEnd);
        parts.gauges.drained(Duration.ofNanos(System.nanoTime() - began));
        if (outcome != StageOutcome.COMPLETED) clean = false;
        if (gate.inFlight() > 0) {
            LOG.error(
                    "worker {}: {} requests do not end; the engine is cleaned up under them",
                    parts.worker,
                    gate.inFlight());
            return outcome;
        }
        awaitEmpty(
                parts.calls.probeGate(),
                Deadline.in(shorter(CANCEL_SHARE, workEnd.remaining().dividedBy(2))));
        return engineDrain(workEnd) ? outcome : StageOutcome.FAILED;
    }

    private StageOutcome endStreams(RequestGate gate, Deadline workEnd) {
        LOG.warn("worker {}: the shutdown's budget is over; ending {} requests", parts.worker, gate.inFlight());
        parts.calls.cancelAll();
        awaitEmpty(gate, workEnd);
        return StageOutcome.DEADLINE;
    }

    private static boolean awaitEmpty(RequestGate gate, Deadline end) {
        try {
            return gate.awaitEmpty(end);
        } catch (InterruptedException _) {
            return false; // whoever waits is in a hurry: as if the time were over
        }
    }

    /** @return false when the engine's drain failed */
    private boolean engineDrain(Deadline end) {
        return switch (call("drain", end, () -> {
            parts.engine.code().drain();
            return null;
        })) {
            case EngineStep.Outcome.Done _ -> true;
            case EngineStep.Outcome.Failed(var cause) -> failed("drain", cause);
            case EngineStep.Outcome.TooLate _ -> tooLate("drain");
        };
    }

    private StageOutcome kvTransfer(Deadline end) {
        if (parts.lease.isEmpty() || !parts.isPrefill) return StageOutcome.SKIPPED;
        var last = new AtomicReference<Optional<Boolean>>(Optional.empty());
        var outcome = call("kv-transfer", end, () -> {
            while (!last.updateAndGet(_ -> parts.engine.code().isQuiescent()).orElse(false))
                Thread.sleep(QUIESCENCE_POLL);
            return null;
        });
        return switch (outcome) {
            case EngineStep.Outcome.Done _ -> StageOutcome.COMPLETED;
            case EngineStep.Outcome.Failed(var cause) -> {
                failed("isQuiescent", cause);
                yield StageOutcome.FAILED;
            }
            case EngineStep.Outcome.TooLate _ -> {
                // An engine that cannot tell has had its time; one that says "busy" is cut off.
                if (last.get().isPresent()) {
                    LOG.warn("worker {}: KV transfers still run at the end of their share", parts.worker);
                    clean = false;
                }
                yield StageOutcome.DEADLINE;
            }
        };
    }

    private StageOutcome cleanup(Deadline deadline) {
        var least = Deadline.in(CLEANUP_MIN);
        var end = deadline.remaining().compareTo(CLEANUP_MIN) < 0 ? least : deadline;
        long began = System.nanoTime();
        var outcome = EngineStep.run(parts.engine, "cleanup", end, () -> {
            parts.engine.cleanup();
            return null;
        });
        return switch (outcome) {
            case EngineStep.Outcome.Done _ -> {
                parts.gauges.cleanedUp(Duration.ofNanos(System.nanoTime() - began));
                yield StageOutcome.COMPLETED;
            }
            case EngineStep.Outcome.Failed(var cause) -> {
                failed("cleanup", cause);
                yield StageOutcome.FAILED;
            }
            case EngineStep.Outcome.TooLate _ -> {
                tooLate("cleanup");
                yield StageOutcome.DEADLINE;
            }
        };
    }

    private boolean failed(String what, Throwable cause) {
        LOG.error("worker {}: {} of engine '{}' failed", parts.worker, what, parts.engine.name(), cause);
        clean = false;
        return false;
    }

    private boolean tooLate(String what) {
        LOG.error(
                "worker {}: {} of engine '{}' did not return in time and was interrupted",
                parts.worker,
                what,
                parts.engine.name());
        clean = false;
        return false;
    }

    private EngineStep.Outcome call(String what, Deadline end, Callable<?> code) {
        return EngineStep.run(parts.engine, what, end, code);
    }

    private StageOutcome ifServed(StageOutcome outcome) {
        return parts.lease.isPresent() ? outcome : StageOutcome.SKIPPED;
    }

    private void stage(ShutdownStage stage, Stage work) {
        parts.health.enter(new WorkerState.Draining(stage));
        long began = System.nanoTime();
        StageOutcome outcome;
        try {
            outcome = work.run();
        } catch (InterruptedException _) {
            outcome = StageOutcome.DEADLINE;
        } catch (RuntimeException | Error e) { // the stages after it, the cleanup above all, are owed
            LOG.error("worker {}: shutdown stage {} failed", parts.worker, stage.label(), e);
            clean = false;
            outcome = StageOutcome.FAILED;
        }
        var took = Duration.ofNanos(System.nanoTime() - began);
        parts.gauges.stageEnded(stage, outcome, took);
        LOG.info(
                "worker {}: shutdown stage {} {} after {} ms",
                parts.worker,
                stage.label(),
                outcome.label(),
                took.toMillis());
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** One stage's work. */
    @FunctionalInterface
    private interface Stage {
        StageOutcome run() throws InterruptedException;
    }
}
