package dev.nacelle.runtime.role;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether the host was asked to stop, and by when it has to be done. A role that is still starting looks here after each
 * long step: an engine's {@code start} is let finish, and then goes straight to its cleanup.
 */
public final class StopRequest {
    private final AtomicReference<@Nullable Deadline> deadline = new AtomicReference<>();

    /** Asks for the stop; only the first call counts. */
    public void make(Deadline by) {
        deadline.compareAndSet(null, by);
    }

    public boolean isMade() {
        return deadline.get() != null;
    }

    /** The end of the shutdown's budget, once the stop was asked for. */
    public Optional<Deadline> deadline() {
        return Optional.ofNullable(deadline.get());
    }
}
