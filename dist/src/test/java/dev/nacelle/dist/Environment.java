package dev.nacelle.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Virtual environments that the tests of python-engines make, which run before these in a build of everything. */
final class Environment {
    private static final Path FOLDER = Path.of("..", "python-engines", "target", "python");

    private Environment() {}

    /** The interpreter of the environment of that name; without it the test is skipped, naming the test that makes it. */
    static Path python(String name, String madeBy) throws IOException {
        if (Files.isDirectory(FOLDER))
            try (Stream<Path> found = Files.list(FOLDER)) {
                var python = found.filter(each -> each.getFileName().toString().startsWith(name + "-"))
                        .map(each -> each.resolve("bin")
                                .resolve("python")
                                .toAbsolutePath()
                                .normalize())
                        .filter(Files::isExecutable)
                        .findFirst();
                if (python.isPresent()) return python.get();
            }
        var reason = "no environment '%s': %s of python-engines makes one".formatted(name, madeBy);
        if ("true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError(reason);
        Assumptions.abort(reason);
        throw new AssertionError("unreachable");
    }
}
