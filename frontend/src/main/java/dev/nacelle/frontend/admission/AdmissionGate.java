package dev.nacelle.frontend.admission;

import dev.nacelle.runtime.role.Deadline;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets requests in until it is shut, and knows how many are inside. Accepting and count are one atomic word, so that no
 * request slips in after a count of zero was seen.
 */
public final class AdmissionGate {
    private static final long SHUT = Long.MIN_VALUE;

    private final AtomicLong state = new AtomicLong();
    private final Object left = new Object();

    /** A request's stay; closing ends it, and is idempotent. */
    public final class Ticket implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();

        private Ticket() {}

        @Override
        public void close() {
            if (over.compareAndSet(false, true) && state.decrementAndGet() == SHUT) {
                synchronized (left) {
                    left.notifyAll();
                }
            }
        }
    }

    /** Lets a request in; empty once the gate is shut. */
    public Optional<Ticket> enter() {
        long now;
        do {
            now = state.get();
            if (now < 0) return Optional.empty();
        } while (!state.compareAndSet(now, now + 1));
        return Optional.of(new Ticket());
    }

    /** Lets nobody in from now on; idempotent. */
    public void shut() {
        state.getAndUpdate(now -> now | SHUT);
    }

    public boolean isShut() {
        return state.get() < 0;
    }

    public int inside() {
        return (int) (state.get() & ~SHUT);
    }

    /**
     * Blocks until everybody has left the shut gate.
     *
     * @return false when the deadline came first
     */
    public boolean awaitEmpty(Deadline deadline) throws InterruptedException {
        synchronized (left) {
            while (inside() > 0) {
                long millis = deadline.remaining().toMillis();
                if (deadline.isOver()) return false;
                left.wait(Math.max(1, millis));
            }
            return true;
        }
    }
}
