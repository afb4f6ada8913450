package dev.nacelle.python.graalpy.guest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Where the event loop waits: for frames, for calls from other threads, or for its next timer. Also shows whether it
 * turns: a loop that is well comes by here many times a second, or stays here for want of work.
 */
final class LoopGate {
    /** The value of {@link #awakeSince} while the loop waits here. */
    private static final long ASLEEP = Long.MIN_VALUE;

    private final Queue<byte[]> frames = new ConcurrentLinkedQueue<>();
    private final Semaphore wakeUps = new Semaphore(0);
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile long awakeSince = System.nanoTime();
    private volatile long turns;

    /** Queues a frame and wakes the loop. Never blocks. */
    void submit(byte[] frame) {
        frames.add(frame);
        wake();
    }

    /** From any thread. */
    void wake() {
        wakeUps.release();
    }

    /**
     * For the loop's thread: waits until there is something to do.
     *
     * @param nanos the longest wait; negative: no limit
     * @return the frames that have come, one char a byte, as Python makes bytes of a text faster than of an array;
     *     empty when there are none
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    String await(long nanos) {
        awakeSince = ASLEEP;
        try {
            if (frames.isEmpty()) park(nanos);
            // Before the frames are taken: one that comes now wakes the loop once more.
            wakeUps.drainPermits();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // GraalPy asks, and ends what runs
        } finally {
            turns++;
            awakeSince = System.nanoTime();
        }
        return taken();
    }

    private void park(long nanos) throws InterruptedException {
        if (nanos < 0) wakeUps.acquire();
        else if (nanos > 0) {
            // Whether it was woken or its time is over: it looks.
            boolean _ = wakeUps.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private String taken() {
        var first = frames.poll();
        if (first == null) return "";
        var second = frames.poll();
        if (second == null) return text(first);
        var joined = new ByteArrayOutputStream();
        joined.writeBytes(first);
        for (var next = second; next != null; next = frames.poll()) joined.writeBytes(next);
        return text(joined.toByteArray());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Blocks until {@link #open}. */
    void awaitOpen() throws InterruptedException {
        opened.await();
    }

    /** The loop takes frames from now on, or never will. */
    void open() {
        opened.countDown();
    }

    /** How long the loop has been at one turn; zero while it waits here. */
    Duration atOneTurn() {
        long since = awakeSince;
        return since == ASLEEP ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
    }

    /** How often the loop has come by. */
    long turns() {
        return turns;
    }
}
