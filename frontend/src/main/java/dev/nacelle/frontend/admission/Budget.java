package dev.nacelle.frontend.admission;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** An amount that many share: bytes of bodies, tokens of prompts. From any thread. */
public final class Budget {
    private final LongSupplier most;
    private final AtomicLong taken = new AtomicLong();

    /** @param most asked each time, as it may change; 0 is without bound */
    public Budget(LongSupplier most) {
        this.most = most;
    }

    /** A share of the budget; closing gives it back, and is idempotent. */
    public final class Share implements AutoCloseable {
        private final long amount;
        private final AtomicBoolean over = new AtomicBoolean();

        private Share(long amount) {
            this.amount = amount;
        }

        @Override
        public void close() {
            if (over.compareAndSet(false, true)) taken.addAndGet(-amount);
        }
    }

    /** Takes a share; empty when too little is left. Whoever is alone gets what he asks for, however much it is. */
    public Optional<Share> take(long amount) {
        long bound = most.getAsLong();
        long now;
        do {
            now = taken.get();
            if (bound > 0 && now > 0 && now + amount > bound) return Optional.empty();
        } while (!taken.compareAndSet(now, now + amount));
        return Optional.of(new Share(amount));
    }

    /** What is taken at the moment. */
    public long taken() {
        return taken.get();
    }
}
