package dev.nacelle.frontend.admission;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One caller's key, as its hash, and how often it may be used: a minute's worth at once, then evenly. From any thread. */
final class ApiKey {
    private final String name;
    private final byte[] sha256;
    private final int perMinute;
    /** When all uses so far are worn off, on {@link System#nanoTime}'s clock. */
    private final AtomicLong spentUntil = new AtomicLong(System.nanoTime());

    /** @param perMinute 0 does not bound it */
    ApiKey(String name, byte[] sha256, int perMinute) {
        this.name = name;
        this.sha256 = sha256.clone();
        this.perMinute = perMinute;
    }

    String name() {
        return name;
    }

    byte[] sha256() {
        return sha256.clone();
    }

    boolean isLike(ApiKey other) {
        return Arrays.equals(sha256, other.sha256) && perMinute == other.perMinute;
    }

    /** Uses the key once; tells how long to wait when it was used too often. */
    Optional<Duration> use(long nowNanos) {
        if (perMinute == 0) return Optional.empty();
        long minute = TimeUnit.MINUTES.toNanos(1);
        long each = minute / perMinute;
        long before;
        long after;
        do {
            before = spentUntil.get();
            after = (before - nowNanos > 0 ? before : nowNanos) + each;
            if (after - nowNanos > minute) return Optional.of(Duration.ofNanos(after - nowNanos - minute));
        } while (!spentUntil.compareAndSet(before, after));
        return Optional.empty();
    }
}
