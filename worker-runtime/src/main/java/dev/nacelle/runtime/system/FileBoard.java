package dev.nacelle.runtime.system;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Files that the system port serves, each under one exact path. Safe from any thread. */
public final class FileBoard {
    private final ConcurrentHashMap<String, Path> files = new ConcurrentHashMap<>();

    /**
     * Serves a file until the returned entry is closed.
     *
     * @param path begins with a slash; not percent-encoded
     * @throws IllegalArgumentException when something is served there already
     */
    public HealthBoard.Entry serve(String path, Path file) {
        var other = files.putIfAbsent(path, file);
        if (other != null)
            throw new IllegalArgumentException("%s is served at %s already, not %s".formatted(other, path, file));
        return () -> files.remove(path, file);
    }

    Optional<Path> at(String path) {
        return Optional.ofNullable(files.get(path));
    }
}
