package dev.nacelle.dynamo;

import java.util.ArrayDeque;
import java.util.Deque;

/** Parts that end together, in reverse order; one that fails to close keeps no other from it. */
final class AutoCloseables implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    /** Idempotent. @throws IllegalStateException when a part did not close, after all others have */
    @Override
    public synchronized void close() {
        IllegalStateException failure = null;
        for (AutoCloseable part; (part = parts.poll()) != null; ) {
            try {
                part.close();
            } catch (Exception e) {
                if (failure == null) failure = new IllegalStateException(part + " did not close", e);
                else failure.addSuppressed(e);
            }
        }
        if (failure != null) throw failure;
    }
}
