package dev.nacelle.python.graalpy.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.graalvm.polyglot.io.FileSystem;
import org.graalvm.polyglot.io.FileSystem.Selector;

/**
 * The files of a strict sandbox: the engine's folders, to be read, and the cache of compiled modules, to be written too.
 * Every path is judged by where it really leads, so that a symbolic link gives no way out. It limits accidents; code that
 * swaps links while a file is being opened is beyond it.
 */
final class StrictFiles {
    private StrictFiles() {}

    /**
     * @param readable folders, and jars
     * @param cache the folder of compiled modules
     */
    static FileSystem of(List<Path> readable, Optional<Path> cache) {
        var all = FileSystem.newDefaultFileSystem();
        var selectors = new ArrayList<Selector>();
        var written = cache.map(StrictFiles::real);
        written.ifPresent(
                folder -> selectors.add(Selector.of(all, path -> real(path).startsWith(folder))));
        var read = readable.stream().map(StrictFiles::real).toList();
        selectors.add(Selector.of(FileSystem.newReadOnlyFileSystem(all), path -> isInside(real(path), read)));
        return FileSystem.allowInternalResourceAccess(FileSystem.newCompositeFileSystem(
                FileSystem.newDenyIOFileSystem(), selectors.toArray(Selector[]::new)));
    }

    private static boolean isInside(Path path, List<Path> folders) {
        return folders.stream().anyMatch(path::startsWith);
    }

    /** Where a path leads; of what does not exist, where it would lead. */
    private static Path real(Path path) {
        var absolute = path.toAbsolutePath();
        try {
            return absolute.toRealPath();
        } catch (IOException _) {
            // A link that leads nowhere could still be written through.
            var target = Files.isSymbolicLink(absolute) ? target(absolute) : Optional.<Path>empty();
            if (target.isPresent()) return real(target.get());
            var parent = absolute.getParent();
            return parent == null
                    ? absolute
                    : real(parent).resolve(absolute.getFileName()).normalize();
        }
    }

    private static Optional<Path> target(Path link) {
        try {
            return Optional.of(link.resolveSibling(Files.readSymbolicLink(link)));
        } catch (IOException _) {
            return Optional.empty(); // gone meanwhile
        }
    }
}
