package dev.nacelle.examples.echo;

import static dev.nacelle.examples.echo.EchoStream.Progress.ENDED;
import static dev.nacelle.examples.echo.EchoStream.Progress.MOVED;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.metrics.SnapshotPublisher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Steps all streams together on one thread, as engines do that run a batch through a model. A step gives each stream one
 * token and allocates nothing; between steps, and while there is nothing to do, the thread sleeps.
 */
final class EchoScheduler {
    private static final System.Logger LOG = System.getLogger(EchoScheduler.class.getName());
    /** How long to look away when no reader keeps up: a full queue takes a reader longer than that. */
    private static final long STALLED_NANOS = 500_000;
    /** A schedule that is further behind than this (a suspended machine) starts anew instead of catching up. */
    private static final double MAX_LAG_NANOS = 1e9;

    private final double nanosPerStep;
    private final RankSlots slots;
    private final Thread thread;
    /** A semaphore rather than park and unpark, whose permit a sink's locks could use up. */
    private final Semaphore wake = new Semaphore(0);

    private final List<EchoStream> batch = new ArrayList<>();
    private final Queue<EchoStream> joining = new ArrayDeque<>(); // guarded by itself, as is closed
    private boolean closed;
    // Of the schedule, and so of the scheduler's thread alone.
    private long epoch = System.nanoTime();
    private long steps;
    private volatile @Nullable SnapshotPublisher publisher;

    private EchoScheduler(double rate, RankSlots slots) {
        this.nanosPerStep = rate == 0 ? 0 : 1e9 / rate;
        this.slots = slots;
        this.thread = Thread.ofPlatform().daemon().name("echo-scheduler").unstarted(this::run);
    }

    /** @param rate steps a second; 0: back to back */
    static EchoScheduler start(double rate, RankSlots slots) {
        var scheduler = new EchoScheduler(rate, slots);
        scheduler.thread.start();
        return scheduler;
    }

    /** Adds a stream to the batch, from the next step on. */
    void join(EchoStream stream) throws EngineException {
        synchronized (joining) {
            if (closed) throw new EngineException(shutdown());
            joining.add(stream);
        }
        wake();
    }

    void publishTo(SnapshotPublisher target) {
        publisher = target;
        wake();
    }

    void wake() {
        if (wake.availablePermits() == 0) wake.release(); // one is enough, and a busy batch takes none for hours
    }

    /** Ends all streams and the thread. */
    void stop() throws InterruptedException {
        synchronized (joining) {
            closed = true;
        }
        wake();
        thread.join();
    }

    private void run() {
        try {
            while (admit()) turn();
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "interrupted: ending");
        } finally {
            endAll();
        }
    }

    /** A step when one is due, else a wait for it; a method of its own, as the body of a loop without end is not compiled for long. */
    private void turn() throws InterruptedException {
        publish();
        if (batch.isEmpty()) {
            wake.acquire();
            wake.drainPermits();
            beginAnew();
            return;
        }
        // Counted from the epoch, so that neither rounding nor a late wake-up adds up to a drift.
        double behind = System.nanoTime() - epoch - steps * nanosPerStep;
        if (behind < 0) {
            if (sleep((long) -behind)) step(false);
            return;
        }
        if (behind > MAX_LAG_NANOS) beginAnew();
        steps++;
        if (!step(true) && nanosPerStep == 0) sleep(STALLED_NANOS);
    }

    private void beginAnew() {
        epoch = System.nanoTime();
        steps = 0;
    }

    /** Takes new streams in; false once closed. */
    private boolean admit() {
        synchronized (joining) {
            for (var next = joining.poll(); next != null; next = joining.poll()) batch.add(next);
            return !closed;
        }
    }

    /** Gives each stream a token when a step is due, and ends the cancelled ones. @return false when no stream could move */
    private boolean step(boolean due) {
        boolean moved = false;
        for (int i = batch.size() - 1; i >= 0; i--) { // backwards, as the last one takes the place of one that ends
            var progress = batch.get(i).step(due);
            moved |= progress == MOVED;
            if (progress == ENDED) {
                var last = batch.removeLast();
                if (i < batch.size()) batch.set(i, last);
            }
        }
        return moved || batch.isEmpty();
    }

    private void publish() {
        var target = publisher;
        if (target != null) slots.publishChanges(target);
    }

    /** @return whether somebody woke it */
    private boolean sleep(long nanos) throws InterruptedException {
        if (!wake.tryAcquire(nanos, NANOSECONDS)) return false;
        wake.drainPermits();
        return true;
    }

    private void endAll() {
        synchronized (joining) {
            closed = true;
            batch.addAll(joining);
            joining.clear();
        }
        batch.forEach(stream -> stream.fail(shutdown()));
    }

    private static EngineError shutdown() {
        return new EngineError.EngineShutdown("the echo engine is shut down");
    }
}
