package dev.nacelle.runtime.system;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Where the parts of a process show how they are. Safe from any thread; asking never waits for an engine. */
public final class HealthBoard {
    private final CopyOnWriteArrayList<Supplier<ComponentHealth>> sources = new CopyOnWriteArrayList<>();

    /** Shows a part until the returned entry is closed. The source must answer at once. */
    public Entry show(Supplier<ComponentHealth> source) {
        sources.add(source);
        return () -> sources.remove(source);
    }

    /** Every part, in the order in which they came. */
    public List<ComponentHealth> parts() {
        return sources.stream().map(Supplier::get).toList();
    }

    /** Whether there is anything at all, and every part does its work. */
    public boolean isReady() {
        var parts = parts();
        return !parts.isEmpty() && parts.stream().allMatch(ComponentHealth::ready);
    }

    /** A part's place on the board; closing is idempotent. */
    public interface Entry extends AutoCloseable {
        @Override
        void close();
    }
}
