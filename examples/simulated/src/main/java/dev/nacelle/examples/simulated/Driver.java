package dev.nacelle.examples.simulated;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.nacelle.examples.simulated.core.SimulatedWorker;
import dev.nacelle.examples.simulated.core.Timeline;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets a timeline go by at the pace of the wall clock, times {@code speedup}, on one thread that owns it and the worker
 * on it. Whatever others want of these, they {@link #post}.
 */
final class Driver {
    private static final System.Logger LOG = System.getLogger(Driver.class.getName());
    /** How long to look away when no reader keeps up. */
    private static final long STALLED_NANOS = 500_000;
    /** A timeline that is further behind than this (a suspended machine, too many steps) goes on from where it is. */
    private static final long MAX_LAG_NANOS = 1_000_000_000;

    private final Timeline timeline;
    private final SimulatedWorker worker;
    private final double speedup;
    private final Consumer<@Nullable Throwable> atEnd;
    private final Thread thread;
    /** A semaphore rather than park and unpark, whose permit a sink's locks could use up. */
    private final Semaphore wake = new Semaphore(0);

    private final Queue<Runnable> posted = new ArrayDeque<>(); // guarded by itself, as is closed
    private boolean closed;

    // The thread's own: where both clocks stood when they were last set.
    private long wallEpoch;
    private long virtualEpoch;

    /**
     * @param speedup virtual seconds in a second; 0: as fast as it goes
     * @param atEnd the thread's last act, with the defect that ended it, if one did
     */
    Driver(Timeline timeline, SimulatedWorker worker, double speedup, Consumer<@Nullable Throwable> atEnd) {
        this.timeline = timeline;
        this.worker = worker;
        this.speedup = speedup;
        this.atEnd = atEnd;
        this.thread = Thread.ofPlatform().daemon().name("simulated-engine").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Runs {@code action} on the thread, soon and in order. False, and nothing done, once it was stopped. */
    boolean post(Runnable action) {
        synchronized (posted) {
            if (closed) return false;
            posted.add(action);
        }
        wakeUp();
        return true;
    }

    /** Ends the thread, whatever is still to happen. Idempotent. */
    void stop() throws InterruptedException {
        synchronized (posted) {
            closed = true;
        }
        wakeUp();
        thread.join();
    }

    private void wakeUp() {
        if (wake.availablePermits() == 0) wake.release(); // one is enough
    }

    private void run() {
        Throwable defect = null;
        try {
            setEpoch();
            while (runPosted()) goOn();
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "interrupted: ending");
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "the simulation failed", e);
            defect = e;
        }
        synchronized (posted) {
            closed = true;
        }
        runPosted(); // among them requests that nobody would end
        atEnd.accept(defect);
    }

    /** Does what was asked for, at the present virtual time. False once stopped. */
    private boolean runPosted() {
        while (true) {
            Runnable next;
            synchronized (posted) {
                next = posted.poll();
                if (next == null) return !closed;
            }
            timeline.idleUntil(virtualNow());
            next.run();
        }
    }

    /** Lets the next event happen if it is due, else waits for it or for a request. */
    private void goOn() throws InterruptedException {
        long next = timeline.nextNanos();
        long wait = next == Timeline.NEVER ? Long.MAX_VALUE : wallNanosUntil(next);
        if (wait <= 0) {
            if (wait < -MAX_LAG_NANOS) setEpoch();
            timeline.runNext();
            return;
        }
        boolean stalled = worker.isStalled();
        boolean woken = wake.tryAcquire(stalled ? Math.min(wait, STALLED_NANOS) : wait, NANOSECONDS);
        if (woken) wake.drainPermits();
        else if (stalled) worker.wake();
    }

    private void setEpoch() {
        wallEpoch = System.nanoTime();
        virtualEpoch = timeline.nowNanos();
    }

    private long virtualNow() {
        if (speedup == 0) return timeline.nowNanos();
        return virtualEpoch + (long) ((System.nanoTime() - wallEpoch) * speedup);
    }

    private long wallNanosUntil(long virtual) {
        if (speedup == 0) return 0;
        return (long) ((virtual - virtualEpoch) / speedup) - (System.nanoTime() - wallEpoch);
    }
}
