package dev.nacelle.dynamo;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for conditions, with a limit that only a defect reaches. */
public final class Await {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private Await() {}

    public static void until(String what, BooleanSupplier condition) {
        until(what, LIMIT, condition);
    }

    static void until(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) throw new AssertionError(what + " did not come true");
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** What the call gives once it no longer throws. */
    static <T> T result(String what, Callable<T> call) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return call.call();
            } catch (Exception e) {
                if (System.nanoTime() - end > 0) throw new AssertionError(what + " did not succeed", e);
                LockSupport.parkNanos(50_000_000);
            }
        }
    }
}
