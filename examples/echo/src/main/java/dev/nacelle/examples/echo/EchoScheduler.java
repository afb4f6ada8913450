package dev.nacelle.examples.echo;

import static dev.nacelle.examples.echo.EchoStream.Progress.ENDED;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.nacelle.spi.error.EngineException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Semaphore;

/**
 * Steps all streams together on one thread, as engines do that run a batch through a model. A step gives each stream one
 * token and allocates nothing; between steps, and while there is nothing to do, the thread sleeps.
 */
final class EchoScheduler {
    private static final System.Logger LOG = System.getLogger(EchoScheduler.class.getName());
    /** A schedule that is further behind than this (a suspended machine) starts anew instead of catching up. */
    private static final double MAX_LAG_NANOS = 1e9;

    private final double nanosPerStep;
    private final Thread thread;
    /** A semaphore rather than park and unpark, whose permit a sink's locks could use up. */
    private final Semaphore wake = new Semaphore(0);

    private final List<EchoStream> batch = new ArrayList<>();
    private final Queue<EchoStream> joining = new ArrayDeque<>(); // guarded by itself, as is closed
    private boolean closed;
    // Of the schedule, and so of the scheduler's thread alone.
    private long epoch = System.nanoTime();
    private long steps;

    private EchoScheduler(double rate) {
        this.nanosPerStep = 1e9 / rate;
        this.thread = Thread.ofPlatform().daemon().name("echo-scheduler").unstarted(this::run);
    }

    /** @param rate steps a second, more than 0 */
    static EchoScheduler start(double rate) {
        var scheduler = new EchoScheduler(rate);
        scheduler.thread.start();
        return scheduler;
    }

    /** Adds a stream to the batch, from the next step on. */
    void join(EchoStream stream) throws EngineException {
        synchronized (joining) {
            if (closed) throw new EngineException(EchoEngine.shutdown());
            joining.add(stream);
        }
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

    /** A step when one is due, else a wait; a method of its own, as the body of a loop without end is not compiled for long. */
    private void turn() throws InterruptedException {
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
        step(true);
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

    /** Gives each stream a token when a step is due, and ends the cancelled ones. */
    private void step(boolean due) {
        for (int i = batch.size() - 1; i >= 0; i--) { // backwards, as the last one takes the place of one that ends
            if (batch.get(i).step(due) != ENDED) continue;
            var last = batch.removeLast();
            if (i < batch.size()) batch.set(i, last);
        }
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
        batch.forEach(stream -> stream.fail(EchoEngine.shutdown()));
    }
}
