package dev.nacelle.python;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * CPython 3.14, which few machines have installed: the one that JavaCPP's presets bring as an artifact for Linux on x86-64,
 * unpacked below {@code target/} on first use. Nothing else of theirs is used.
 */
final class Python314 {
    private static final String ARTIFACT = "org.bytedeco:cpython:3.14.3-1.5.13:jar:linux-x86_64";
    private static final String LIBRARY = "libpython3.14.so.1.0";
    private static final Path FOLDER =
            Path.of("target", "python", "cpython-3.14").toAbsolutePath();

    private Python314() {}

    /** The interpreter; skips the test where it cannot be had. */
    static Path interpreter() throws IOException, InterruptedException {
        var home = FOLDER.resolve(Path.of("org", "bytedeco", "cpython", "linux-x86_64"));
        var python = home.resolve("bin").resolve("python3.14");
        if (Files.isExecutable(python)) return python;
        Files.createDirectories(FOLDER);
        var log = FOLDER.resolveSibling("cpython-3.14.log");
        var maven = List.of(
                Path.of("..", "dev").toAbsolutePath().normalize().toString(),
                "-q",
                "-N",
                "dependency:unpack",
                "-Dartifact=" + ARTIFACT,
                "-Dmdep.unpack.includes=**/linux-x86_64/**",
                "-DoutputDirectory=" + FOLDER);
        Venv.orSkip(Venv.run(log, maven), "%s cannot be fetched: see %s".formatted(ARTIFACT, log));
        // Where installations have it.
        Files.copy(home.resolve(LIBRARY), home.resolve("lib").resolve(LIBRARY), StandardCopyOption.REPLACE_EXISTING);
        File file = python.toFile(); // an archive of Java's knows nothing of what is executable
        Venv.orSkip(
                file.setExecutable(true) && Venv.run(log, List.of(file.toString(), "--version")),
                "%s does not run here: see %s".formatted(python, log));
        return python;
    }
}
