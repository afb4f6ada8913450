package dev.nacelle.runtime.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for conditions, with a limit that only a defect reaches. */
final class Await {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Await() {}

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) throw new AssertionError("the condition did not come true");
            LockSupport.parkNanos(200_000);
        }
    }

    static void latch(CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) throw new AssertionError("nobody counted down");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** For engines that do not mind their interrupts. Not a spin: that would starve every other virtual thread. */
    static void stubbornly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException _) {
                // as it says
            }
        }
    }
}
