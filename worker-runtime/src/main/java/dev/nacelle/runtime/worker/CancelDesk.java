package dev.nacelle.runtime.worker;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where one engine's cancellations are carried out. On threads of the platform, kept for reuse: virtual ones would starve
 * while an engine computes on those of its requests, and the canceller's own may be an I/O thread, or the engine's in the
 * middle of a step.
 */
final class CancelDesk implements AutoCloseable {
    private final Duration limit;
    private final ExecutorService tellers;
    private final ScheduledThreadPoolExecutor overdue;

    /** @param limit how long an engine may take to end a request after its cancellation */
    CancelDesk(Engine engine, Duration limit) {
        this.limit = limit;
        this.tellers = Executors.newCachedThreadPool(work -> engine.platformThread("cancel-" + engine.name(), work));
        this.overdue = new ScheduledThreadPoolExecutor(
                1,
                work -> Thread.ofPlatform()
                        .daemon()
                        .name("overdue-" + engine.name())
                        .unstarted(work));
        overdue.setRemoveOnCancelPolicy(true);
    }

    /**
     * Carries a cancellation out.
     *
     * @param tell tells the engine
     * @param late runs when the limit has passed, unless the returned future is cancelled before
     */
    Future<?> cancel(Runnable tell, Runnable late) {
        var watch = overdue.schedule(late, limit.toNanos(), TimeUnit.NANOSECONDS);
        tellers.execute(tell);
        return watch;
    }

    /** Ends the threads when what they do is done; called when no request runs any more, or none is waited for. */
    @Override
    public void close() {
        overdue.shutdownNow();
        tellers.shutdown();
    }
}
