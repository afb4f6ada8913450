package dev.nacelle.python.cpython;

import dev.nacelle.spi.error.EngineException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finding the interpreter that a configuration means. */
public final class Executable {
    private static final List<String> NAMES = List.of("python3", "python");

    private Executable() {}

    /**
     * The interpreter's file. A venv's is not followed to where its link leads: that it stands in the venv is what makes it
     * the venv's.
     *
     * @param python an interpreter or a venv's folder; empty for python3 on PATH
     * @throws EngineException when there is none; the message says what to set or to install
     */
    public static Path find(Optional<Path> python) throws EngineException {
        if (python.isEmpty())
            return onPath("python3")
                    .orElseThrow(
                            () -> EngineException.invalid(
                                    "no python3 on PATH: install Python 3.9 to 3.14 (Debian: apt-get install python3), or set python to an interpreter"));
        var configured = python.get().toAbsolutePath();
        if (Files.isDirectory(configured)) {
            var bin = configured.resolve("bin");
            return NAMES.stream()
                    .map(bin::resolve)
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> EngineException.invalid(
                            "python: the folder %s is no virtual environment, as it has no bin/python3; make one with python3 -m venv"
                                    .formatted(configured)));
        }
        if (Files.isExecutable(configured)) return configured;
        var name = configured.getFileName();
        var found = name == null ? Optional.<Path>empty() : onPath(name.toString());
        throw EngineException.invalid("python: there is no program %s%s"
                .formatted(
                        configured,
                        found.map(path -> "; did you mean " + path + "?").orElse("")));
    }

    private static Optional<Path> onPath(String name) {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isExecutable(file) && Files.isRegularFile(file))
                .map(Path::toAbsolutePath)
                .findFirst();
    }
}
