package dev.nacelle.dist;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A program that a test needs from outside. */
final class Tool {
    private Tool() {}

    /**
     * The program on PATH. Without it the test is skipped with that reason, or fails where
     * {@code NO_TEST_SKIPS} says that everything has to be there.
     */
    static Path find(String name, String debianPackage) {
        var found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isPresent()) return found.get();
        var reason = "%s is not on PATH; Debian has it in the package %s".formatted(name, debianPackage);
        if ("true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError(reason);
        assumeTrue(false, reason);
        throw new AssertionError("unreachable");
    }
}
