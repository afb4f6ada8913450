package dev.nacelle.runtime.plane;

/** An instance's registration. Closing it takes the instance out of every directory; idempotent. */
public interface Lease extends AutoCloseable {
    /** Tells whether the instance takes requests at the moment; registered instances start as not ready. */
    void ready(boolean ready);

    @Override
    void close();
}
