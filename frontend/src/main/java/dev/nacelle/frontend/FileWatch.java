package dev.nacelle.frontend;

import dev.nacelle.frontend.stream.PeerWatch;
import java.time.Duration;

/** Looks once a second whether files have changed: certificates and keys are renewed while a server runs. */
final class FileWatch implements PeerWatch.Watched {
    private static final long PERIOD_NANOS = Duration.ofSeconds(1).toNanos();

    private final Runnable look;
    private long lastNanos = System.nanoTime();

    FileWatch(Runnable look) {
        this.look = look;
    }

    @Override
    public void tick() {
        long now = System.nanoTime();
        if (now - lastNanos < PERIOD_NANOS) return;
        lastNanos = now;
        look.run();
    }
}
