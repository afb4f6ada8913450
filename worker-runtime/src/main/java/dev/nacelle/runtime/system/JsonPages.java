package dev.nacelle.runtime.system;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Pages of roles on the system port, each a JSON object under one exact path. Safe from any thread. */
public final class JsonPages {
    private final ConcurrentHashMap<String, Supplier<? extends Map<String, ?>>> pages = new ConcurrentHashMap<>();

    /**
     * Shows a page until the returned entry is closed.
     *
     * @param path begins with a slash
     * @param content asked for each time; must answer at once
     * @throws IllegalArgumentException when there is one already
     */
    public HealthBoard.Entry show(String path, Supplier<? extends Map<String, ?>> content) {
        if (pages.putIfAbsent(path, content) != null)
            throw new IllegalArgumentException("there is a page at %s already".formatted(path));
        return () -> pages.remove(path, content);
    }

    Optional<Map<String, ?>> at(String path) {
        var content = pages.get(path);
        return content == null ? Optional.empty() : Optional.of(content.get());
    }
}
