package dev.nacelle.python.graalpy.guest;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The folder where GraalPy keeps what it compiled of Python modules ({@code .pyc}), which halves the time of a start. */
final class CompiledModules {
    private static final Logger LOG = System.getLogger(CompiledModules.class.getName());

    private CompiledModules() {}

    /** The user's cache folder, as the XDG rules have it; empty where it cannot be written. */
    static Optional<Path> folder(String version) {
        var folder = cache().resolve("nacelle").resolve("graalpy-" + version);
        try {
            // For the user alone: who could write here would have their code run.
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(Level.INFO, "no cache for compiled Python modules, so starts take longer: {0}", e.toString());
            return Optional.empty();
        }
        return Files.isWritable(folder) ? Optional.of(folder) : Optional.empty();
    }

    private static Path cache() {
        var xdg = System.getenv("XDG_CACHE_HOME");
        return xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
    }
}
