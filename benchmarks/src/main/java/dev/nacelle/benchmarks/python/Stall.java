package dev.nacelle.benchmarks.python;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A virtual thread that has nothing to do with Python and wants to run every millisecond. */
final class Stall {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong longest = new AtomicLong();
    private final Thread thread = Thread.ofVirtual().start(this::tick);

    /** The longest that it was kept waiting so far, in milliseconds. */
    double millis() {
        return longest.get() / 1e6;
    }

    private void tick() {
        try {
            long before = System.nanoTime();
            while (!over.get()) {
                Thread.sleep(Duration.ofMillis(1));
                long now = System.nanoTime();
                longest.accumulateAndGet(now - before, Math::max);
                before = now;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    void end() throws InterruptedException {
        over.set(true);
        thread.join();
    }
}
