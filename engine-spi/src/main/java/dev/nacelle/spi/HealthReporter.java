package dev.nacelle.spi;

/** Tells the host how an engine is. Safe from any thread, for the engine's life; idempotent. */
public interface HealthReporter {
    /** Serving, and well. The state after {@code start} unless the engine said otherwise. */
    void ready();

    /** Serving, and something is wrong; shown in {@code /health}. */
    void degraded(String message);

    /** Not serving: the worker is not ready and gets no requests until {@link #ready}. */
    void down(String message);
}
