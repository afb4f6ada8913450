package dev.nacelle.python.graalpy.guest;

import dev.nacelle.python.bridge.FrameWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sees an event loop that does not turn: says so in the worker's health, with the place in the Python code, then
 * interrupts it. Watches from the first request on, as loading a model may well take minutes.
 */
final class Watchdog {
    private static final Logger LOG = System.getLogger(Watchdog.class.getName());
    /** What GraalPy needs is 10 to 140 ms. */
    private static final Duration INTERRUPT_LIMIT = Duration.ofSeconds(5);

    private static final Duration STACK_LIMIT = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY_MAX = Duration.ofSeconds(1);
    /** So often within the timeout. */
    private static final int LOOKS = 4;

    private final String engine;
    private final LoopGate gate;
    private final LoopThread loop;
    private final Outbox outbox;
    private final Duration hangTimeout;
    private final AtomicBoolean armed = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    /** The turn that was reported, and is over when the count has moved on; only used by the thread. */
    private OptionalLong reported = OptionalLong.empty();

    private long reportedAt;
    private boolean lost;
    private long troubleAt;

    Watchdog(String engine, LoopGate gate, LoopThread loop, Outbox outbox, Duration hangTimeout) {
        this.engine = engine;
        this.gate = gate;
        this.loop = loop;
        this.outbox = outbox;
        this.hangTimeout = hangTimeout;
        thread = Thread.ofPlatform().daemon().name("graalpy-watch-" + engine).unstarted(this::watch);
    }

    /** Begins to watch; further calls do nothing. */
    void arm() {
        if (!armed.get() && armed.compareAndSet(false, true)) thread.start();
    }

    void stop() {
        stopped.countDown();
    }

    private void watch() {
        var every = hangTimeout.dividedBy(LOOKS);
        if (every.compareTo(LOOK_EVERY_MAX) > 0) every = LOOK_EVERY_MAX;
        try {
            while (!stopped.await(every.toNanos(), TimeUnit.NANOSECONDS)) look();
        } catch (InterruptedException e) {
            LOG.log(Level.ERROR, "somebody interrupted the thread that watches over Python's event loop", e);
        }
    }

    private void look() throws InterruptedException {
        long turn = gate.turns();
        var at = gate.atOneTurn();
        if (at.compareTo(hangTimeout) > 0) {
            if (reported.isEmpty() || reported.getAsLong() != turn) {
                reported = OptionalLong.of(turn);
                lost = false;
                hangs(turn, at);
                reportedAt = System.nanoTime();
            } else if (!lost && System.nanoTime() - reportedAt > hangTimeout.toNanos()) {
                lost = true;
                isLost("it was interrupted, and has not turned for %.1f s".formatted(at.toMillis() / 1e3));
            }
            troubleAt = System.nanoTime();
        } else if (reported.isPresent() && System.nanoTime() - troubleAt > hangTimeout.toNanos()) {
            reported = OptionalLong.empty();
            loop.tellHealth();
        }
    }

    private void hangs(long turn, Duration at) throws InterruptedException {
        var message = "the event loop has not turned for %.1f s".formatted(at.toMillis() / 1e3);
        var stack = loop.stack(STACK_LIMIT);
        var report = message
                + stack.map("; it is at%n%s"::formatted)
                        .orElse("; it is in one long operation, which has no Python stack");
        LOG.log(Level.WARNING, "{0}: {1}", engine, report);
        outbox.put(FrameWriter.degraded(report));
        if (loop.interrupt(message, stack.orElse(""), INTERRUPT_LIMIT) || gate.turns() != turn) return;
        lost = true;
        isLost("it does not react to being interrupted: " + report);
    }

    private void isLost(String why) {
        LOG.log(Level.ERROR, "{0}: {1}", engine, why);
        outbox.put(FrameWriter.down(why));
    }
}
