package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.plane.Lease;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.error.EngineError;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a worker is, put together from its place in life, what its engine reports and what the canary sees; the lease
 * follows it. Safe from any thread.
 */
final class WorkerHealth implements HealthReporter {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerHealth.class);

    /** What the engine last said of itself. */
    private sealed interface Report {
        record Well() implements Report {}

        record Degraded(String message) implements Report {}

        record Down(String message) implements Report {}
    }

    private final String worker;
    private final ContractWatch watch;
    private final AtomicInteger announcements = new AtomicInteger();
    private volatile WorkerState phase = new WorkerState.Created();
    private volatile Report report = new Report.Well();
    private volatile Optional<String> unresponsive = Optional.empty();
    private volatile Optional<String> lastError = Optional.empty();
    private volatile @Nullable Lease lease;

    WorkerHealth(String worker, ContractWatch watch) {
        this.worker = worker;
        this.watch = watch;
    }

    @Override
    public void ready() {
        if (change(new Report.Well())) LOG.info("worker {}: the engine is well again", worker);
        announce();
    }

    @Override
    public void degraded(String message) {
        if (change(new Report.Degraded(Objects.requireNonNull(message))))
            LOG.warn("worker {}: the engine is degraded: {}", worker, message);
        lastError = Optional.of(message);
        announce();
    }

    @Override
    public void down(String message) {
        if (change(new Report.Down(Objects.requireNonNull(message))))
            LOG.error("worker {}: the engine is down: {}", worker, message);
        lastError = Optional.of(message);
        announce();
    }

    /** @return whether it is news */
    private boolean change(Report next) {
        boolean news = !next.equals(report);
        report = next;
        return news;
    }

    /** The canary sings again. */
    void responsive() {
        if (unresponsive.isPresent()) LOG.info("worker {}: the engine answers again", worker);
        unresponsive = Optional.empty();
        announce();
    }

    void unresponsive(String message) {
        if (unresponsive.isEmpty()) LOG.error("worker {}: {}", worker, message);
        unresponsive = Optional.of(message);
        lastError = unresponsive;
        announce();
    }

    /** Goes on in life. */
    void enter(WorkerState next) {
        phase = next;
        if (next instanceof WorkerState.StartFailed(var message)) lastError = Optional.of(message);
        announce();
    }

    /** Serves from now on, and tells the lease whenever that changes. */
    void serve(Lease registration) {
        lease = registration;
        enter(new WorkerState.Serving());
    }

    WorkerState state() {
        var now = phase;
        if (!(now instanceof WorkerState.Serving)) return now;
        if (report instanceof Report.Down(var message)) return new WorkerState.Down(message);
        var silence = unresponsive;
        if (silence.isPresent()) return new WorkerState.Unresponsive(silence.get());
        if (report instanceof Report.Degraded(var message)) return new WorkerState.Degraded(message);
        return watch.complaint().<WorkerState>map(WorkerState.Degraded::new).orElse(now);
    }

    Optional<String> lastError() {
        return lastError;
    }

    /**
     * Why a request cannot be taken now; empty when it can. A worker that drains takes what comes until its gate is
     * closed, as a router elsewhere may not know yet.
     */
    Optional<EngineError> refusal() {
        if (report instanceof Report.Down(var message)) return refuse("down: " + message);
        var silence = unresponsive;
        return silence.isPresent() ? refuse("not responding: " + silence.get()) : Optional.empty();
    }

    private Optional<EngineError> refuse(String why) {
        return Optional.of(
                new EngineError.WorkerUnavailable("worker %s is %s; try again shortly".formatted(worker, why)));
    }

    /**
     * Tells the lease. One thread at a time does, and looks again when something changed meanwhile: so the last word is
     * the latest state, without a lock around code that is not ours.
     */
    private void announce() {
        if (announcements.getAndIncrement() > 0) return;
        int seen = 1;
        do {
            tell(lease);
            seen = announcements.addAndGet(-seen);
        } while (seen > 0);
    }

    /** A lease that throws misses this word, and hears the next. */
    private void tell(@Nullable Lease to) {
        if (to == null) return;
        try {
            to.ready(state().isReady());
        } catch (RuntimeException | Error e) {
            LOG.error("worker {}: its readiness could not be announced", worker, e);
        }
    }
}
