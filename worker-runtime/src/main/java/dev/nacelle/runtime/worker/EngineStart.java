package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.role.StartProgress;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an engine gets at its start. */
final class EngineStart implements StartContext {
    private static final Logger LOG = LoggerFactory.getLogger(EngineStart.class);

    private final WorkerPlace place;
    private final WorkerHealth health;
    private final StartProgress listener;
    private boolean over; // guarded by this

    EngineStart(WorkerPlace place, WorkerHealth health, StartProgress listener) {
        this.place = place;
        this.health = health;
        this.listener = listener;
    }

    /** The engine has started, or failed to: it may keep this object, and its progress is no news any more. */
    synchronized void over() {
        over = true;
    }

    @Override
    public long workerId() {
        return place.id();
    }

    @Override
    public WorkerSpec worker() {
        return place.spec();
    }

    @Override
    public void progress(double fraction, String message) {
        double clamped = fraction >= 0 ? Math.min(fraction, 1) : 0; // NaN is 0, too
        synchronized (this) { // a late report must not take a worker that serves back to its start
            if (over) return;
            health.enter(new WorkerState.Starting(clamped, message));
        }
        try {
            listener.report(place.toString(), clamped, message);
        } catch (RuntimeException e) {
            LOG.warn("worker {}: its progress could not be shown", place, e); // not the engine's trouble
        }
    }

    @Override
    public HealthReporter health() {
        return health;
    }
}
