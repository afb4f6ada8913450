package dev.nacelle.benchmarks.load;

import java.util.concurrent.locks.LockSupport;

/** Calls a task at a steady rate on a thread of its own, without drift; 0: back to back. */
final class Ticker {
    private Ticker() {}

    static void start(double perSecond, Runnable task) {
        Thread.ofPlatform().daemon().name("ticker").start(() -> {
            double each = perSecond == 0 ? 0 : 1e9 / perSecond;
            long epoch = System.nanoTime();
            for (long tick = 1; ; tick++) {
                task.run();
                long due = epoch + (long) (tick * each);
                for (long now = System.nanoTime(); now < due; now = System.nanoTime()) LockSupport.parkNanos(due - now);
            }
        });
    }
}
