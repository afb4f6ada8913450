package dev.nacelle.python.graalpy.guest;

import dev.nacelle.python.bridge.FrameWriter;
import dev.nacelle.python.bridge.ToPython;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Sees an event loop that does not turn: says so in the worker's health, with the place in the Python code, then
 * interrupts it. What does not come back is given up. Watches from the first request on, as loading a model may well take
 * minutes. Its own thread never enters Python.
 */
final class Watchdog {
    private static final Logger LOG = System.getLogger(Watchdog.class.getName());
    /** What GraalPy needs is 10 to 140 ms. */
    private static final Duration INTERRUPT_LIMIT = Duration.ofSeconds(5);

    /** At least, or twice the timeout: a busy machine takes its time; an operation that lets nobody in takes longer. */
    private static final Duration STACK_LIMIT = Duration.ofSeconds(15);

    private static final Duration LOOK_EVERY_MAX = Duration.ofSeconds(1);
    /** So often within the timeout. */
    private static final int LOOKS = 4;

    /** Asks for the engine's own word on its health; nobody waits for the answer, which is a frame of its own. */
    private static final byte[] TELL_HEALTH =
            FrameWriter.frame(ToPython.CALL, 0, "{\"method\":\"tell_health\"}".getBytes(StandardCharsets.UTF_8));

    private final String engine;
    private final LoopGate gate;
    private final LoopThread loop;
    private final Outbox outbox;
    private final Consumer<String> lost;
    private final Duration hangTimeout;
    private final Duration stackLimit;
    private final AtomicBoolean armed = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    /** The turn that was reported, and is over when the count has moved on; only used by the thread. */
    private OptionalLong reported = OptionalLong.empty();

    private long reportedAt;
    private long troubleAt;

    /** @param lost is told once, by the thread, when Python does not come back: why */
    Watchdog(
            String engine, LoopGate gate, LoopThread loop, Outbox outbox, Consumer<String> lost, Duration hangTimeout) {
        this.engine = engine;
        this.gate = gate;
        this.loop = loop;
        this.outbox = outbox;
        this.lost = lost;
        this.hangTimeout = hangTimeout;
        var twice = hangTimeout.multipliedBy(2);
        stackLimit = twice.compareTo(STACK_LIMIT) > 0 ? twice : STACK_LIMIT;
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
        if (loop.isOver()) {
            stop();
            return;
        }
        long turn = gate.turns();
        var at = gate.atOneTurn();
        if (at.compareTo(hangTimeout) > 0) {
            if (reported.isEmpty() || reported.getAsLong() != turn) {
                reported = OptionalLong.of(turn);
                hangs(turn, at);
                reportedAt = System.nanoTime();
            } else if (isLongAgo(reportedAt)) {
                isLost("it was interrupted, and has not turned for %.1f s".formatted(at.toMillis() / 1e3));
            }
            troubleAt = System.nanoTime();
        } else if (reported.isPresent() && isLongAgo(troubleAt)) {
            reported = OptionalLong.empty();
            gate.submit(TELL_HEALTH);
        }
    }

    private boolean isLongAgo(long nanos) {
        return System.nanoTime() - nanos > hangTimeout.toNanos();
    }

    private void hangs(long turn, Duration at) throws InterruptedException {
        var message = "the event loop has not turned for %.1f s".formatted(at.toMillis() / 1e3);
        outbox.put(FrameWriter.degraded(message));
        var stack = loop.stack(stackLimit);
        if (gate.turns() != turn) return; // it went on by itself meanwhile
        if (stack.isEmpty()) {
            // Who asked is on the way in, and an interrupt would hit it there.
            isLost(message + "; it is in one long operation, which lets nobody in");
            return;
        }
        var report = stack.get().isEmpty() ? message : "%s; it is at%n%s".formatted(message, stack.get());
        LOG.log(Level.WARNING, "{0}: {1}", engine, report);
        outbox.put(FrameWriter.degraded(report));
        if (!loop.interrupt(message, stack.get(), INTERRUPT_LIMIT) && gate.turns() == turn)
            isLost("it does not react to being interrupted: " + report);
    }

    private void isLost(String why) {
        LOG.log(Level.ERROR, "{0}: {1}", engine, why);
        lost.accept(why);
    }
}
