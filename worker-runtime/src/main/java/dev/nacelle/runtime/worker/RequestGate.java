package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Admission: the accepting bit and the number of requests inside, in one atomic word, so that nothing can slip in once
 * {@link #close} has returned and the count can be waited for. Safe from any thread.
 */
public final class RequestGate {
    /** The sign bit; the rest of the word is the count. */
    private static final long CLOSED = Long.MIN_VALUE;

    private final AtomicLong word = new AtomicLong();
    private final Object emptied = new Object();

    /**
     * Lets a request in.
     *
     * @return to be closed when the request has ended
     * @throws EngineException {@code Draining} once the gate is closed
     */
    public Pass enter() throws EngineException {
        while (true) {
            long seen = word.get();
            if (seen < 0)
                throw new EngineException(
                        new EngineError.Draining("the worker is shutting down; send the request to another"));
            if (word.weakCompareAndSetVolatile(seen, seen + 1)) return new Pass(this);
        }
    }

    /** Lets nothing in from now on; idempotent. */
    public void close() {
        word.accumulateAndGet(CLOSED, (seen, closed) -> seen | closed);
    }

    /** Requests inside. */
    public long inFlight() {
        return word.get() & ~CLOSED;
    }

    /**
     * Waits until everything inside has left; only of use once closed.
     *
     * @return whether it has, by the deadline
     */
    public boolean awaitEmpty(Deadline deadline) throws InterruptedException {
        synchronized (emptied) {
            while (word.get() != CLOSED) {
                if (word.get() >= 0)
                    throw new IllegalStateException("an open gate need never be empty: close it first");
                if (deadline.isOver()) return false;
                TimeUnit.NANOSECONDS.timedWait(
                        emptied, Math.max(1, deadline.remaining().toNanos()));
            }
            return true;
        }
    }

    private void leave() {
        // Whoever is last out of a closed gate wakes the one who waits; nobody waits at an open one.
        if (word.decrementAndGet() == CLOSED) {
            synchronized (emptied) {
                emptied.notifyAll();
            }
        }
    }

    /** One request inside the gate. Closing it is idempotent, and for one thread at a time, though it may be any. */
    public static final class Pass implements AutoCloseable {
        private final RequestGate gate;
        private boolean left;

        private Pass(RequestGate gate) {
            this.gate = gate;
        }

        @Override
        public void close() {
            if (left) return;
            left = true;
            gate.leave();
        }
    }
}
