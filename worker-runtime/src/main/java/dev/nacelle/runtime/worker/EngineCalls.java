package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.metrics.BoundHistogram;
import dev.nacelle.runtime.metrics.RequestMetrics;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.RequestHandler;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The requests inside one engine. Safe from any thread. */
final class EngineCalls implements RequestHandler, AutoCloseable {
    private final Engine engine;
    private final ContractWatch watch;
    private final WorkerHealth health;
    private final RequestMetrics requests;
    private final BoundHistogram cancelPropagation;
    private final CancelDesk cancelDesk;
    private final RequestGate gate = new RequestGate();
    /** Probes have a gate of their own: a stop does not wait long for one that hangs. */
    private final RequestGate probeGate = new RequestGate();

    private final Set<EngineCall> running = ConcurrentHashMap.newKeySet();
    private final LongAdder finished = new LongAdder();

    private volatile boolean cancelled;

    /**
     * @param cancelPropagation how long it takes a cancellation to reach the engine, in seconds
     * @param cancelLimit how long an engine may take to end a request after its cancellation
     */
    EngineCalls(
            Engine engine,
            ContractWatch watch,
            WorkerHealth health,
            RequestMetrics requests,
            BoundHistogram cancelPropagation,
            Duration cancelLimit) {
        this.engine = engine;
        this.watch = watch;
        this.health = health;
        this.requests = requests;
        this.cancelPropagation = cancelPropagation;
        this.cancelDesk = new CancelDesk(engine, cancelLimit);
    }

    @Override
    public InFlight handle(GenerateRequest request, RequestHead head, ResponseReceiver receiver)
            throws EngineException {
        // A closed gate has the better answer, so it is asked first.
        var pass = gate.enter();
        var refusal = health.refusal();
        if (refusal.isPresent()) {
            pass.close();
            throw new EngineException(refusal.get());
        }
        return start(new EngineCall(this, request, head, receiver, pass, requests.begin()));
    }

    /** The canary's way in, open also while the worker is not ready; no metric counts it. */
    InFlight probe(GenerateRequest request, RequestHead head, ResponseReceiver receiver) throws EngineException {
        return start(new EngineCall(this, request.asHealthCheck(), head, receiver, probeGate.enter(), null));
    }

    RequestGate gate() {
        return gate;
    }

    RequestGate probeGate() {
        return probeGate;
    }

    /** Gives up everything that still runs, or has yet to begin; the gate is closed by then. */
    void cancelAll() {
        cancelled = true;
        running.forEach(call -> call.cancel(CancelCause.SHUTDOWN));
    }

    boolean hasProbe() {
        return running.stream().anyMatch(EngineCall::isProbe);
    }

    void cancelProbes() {
        running.stream().filter(EngineCall::isProbe).forEach(call -> call.cancel(CancelCause.SATISFIED));
    }

    /** What users' requests have moved so far, to be compared with an earlier reading. */
    Progress progress() {
        int requests = 0;
        long tokens = 0;
        boolean waitsForReader = false;
        for (var call : running) {
            if (call.isProbe()) continue;
            requests++;
            tokens += call.stream().tokens();
            waitsForReader |= !call.stream().isWritable();
        }
        return new Progress(requests, tokens, finished.sum(), waitsForReader);
    }

    /**
     * A reading of the work being done.
     *
     * @param requests running now
     * @param tokens that the running ones have generated
     * @param finished requests that the engine has brought to their end
     * @param waitsForReader whether a slow reader holds one up, which is not the engine's fault
     */
    record Progress(int requests, long tokens, long finished, boolean waitsForReader) {
        boolean movedSince(Progress earlier) {
            return tokens != earlier.tokens || finished != earlier.finished || waitsForReader;
        }
    }

    Engine engine() {
        return engine;
    }

    ContractWatch watch() {
        return watch;
    }

    CancelDesk cancelDesk() {
        return cancelDesk;
    }

    /** Ends the threads of cancellations; what still runs in the engine is left to it. */
    @Override
    public void close() {
        cancelDesk.close();
    }

    /** The engine was told of a cancellation, so long after it was noticed. */
    void told(long nanos) {
        cancelPropagation.observe(nanos / 1e9);
    }

    /** The engine is done with the request. */
    void ended(EngineCall call) {
        running.remove(call);
        if (call.stream().ending() instanceof Ending.Finished && !call.isProbe()) finished.increment();
    }

    private EngineCall start(EngineCall call) {
        running.add(call);
        boolean started = false;
        try {
            call.start();
            started = true;
        } finally {
            if (!started) call.release();
        }
        // One that got in just before the gate closed may have been missed.
        if (cancelled) call.cancel(CancelCause.SHUTDOWN);
        return call;
    }
}
