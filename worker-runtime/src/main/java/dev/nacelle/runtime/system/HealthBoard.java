package dev.nacelle.runtime.system;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Where the parts of a process show how they are. Safe from any thread; asking never waits for an engine. */
public final class HealthBoard {
    private final CopyOnWriteArrayList<Supplier<ComponentHealth>> sources = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<String, Supplier<?>> sections = new ConcurrentHashMap<>();

    /** Shows a part until the returned entry is closed. The source must answer at once. */
    public Entry show(Supplier<ComponentHealth> source) {
        sources.add(source);
        return () -> sources.remove(source);
    }

    /** Every part, in the order in which they came. */
    public List<ComponentHealth> parts() {
        return sources.stream().map(Supplier::get).toList();
    }

    /** Shows something that is no part of what must be ready, under a key of its own in {@code /health}. */
    public Entry section(String key, Supplier<?> content) {
        sections.put(key, content);
        return () -> sections.remove(key, content);
    }

    /** The content of each section, by key. */
    Map<String, Object> contents() {
        var contents = new TreeMap<String, Object>();
        sections.forEach((key, content) -> contents.put(key, content.get()));
        return contents;
    }

    /** Whether there is anything at all, and every part does its work. */
    public boolean isReady() {
        return areReady(parts());
    }

    static boolean areReady(List<ComponentHealth> parts) {
        return !parts.isEmpty() && parts.stream().allMatch(ComponentHealth::ready);
    }

    /** A part's place on the board; closing is idempotent. */
    public interface Entry extends AutoCloseable {
        @Override
        void close();
    }
}
