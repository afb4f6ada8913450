package dev.nacelle.runtime.plane;

/** A request that an instance has taken. */
@FunctionalInterface
public interface InFlight {
    /** Tells the engine to end; idempotent, the first cause counts, nothing happens once the terminal was sent. */
    void cancel(CancelCause cause);
}
