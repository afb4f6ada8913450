package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.BoundGauge;
import org.jspecify.annotations.Nullable;

/**
 * One request's way through the stages: entering the next leaves the one before, and observes how long it took. Closing
 * leaves the current one without observing it, as a stage that was cut short tells nothing about how long it takes.
 * Idempotent when closed, and nothing is entered afterwards; from any thread.
 */
public final class StageGuard implements AutoCloseable {
    private final PipelineMetrics metrics;
    private @Nullable Stage stage;
    private @Nullable BoundGauge gauge;
    private long sinceNanos;
    private boolean closed;

    StageGuard(PipelineMetrics metrics) {
        this.metrics = metrics;
    }

    /** Ends the current stage and begins the next; {@code phase} is of no account to the preprocessing. */
    public synchronized void enter(Stage next, Phase phase) {
        if (closed) return;
        long now = System.nanoTime();
        observe(now);
        leave();
        stage = next;
        sinceNanos = now;
        var shown = metrics.gauge(next, phase);
        shown.ifPresent(requests -> requests.add(1));
        gauge = shown.orElse(null);
    }

    /** Ends the last stage, which is complete. */
    public synchronized void complete() {
        if (!closed) observe(System.nanoTime());
        close();
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        leave();
    }

    private void observe(long now) {
        var over = stage;
        if (over != null) metrics.stageTook(over, (now - sinceNanos) / 1e9);
    }

    private void leave() {
        var shown = gauge;
        if (shown != null) shown.add(-1);
        gauge = null;
    }
}
