package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that tests need from outside: installed once below {@code target}, or the test is skipped. */
final class Installed {
    private Installed() {}

    /** A Python that has the package. */
    static Path python(String name, String requirement) throws IOException, InterruptedException {
        var folder = folder(name);
        var python = folder.resolve("bin").resolve("python");
        var done = folder.resolve(requirement);
        if (!Files.exists(done)) {
            require(run(folder, "python3", "-m", "venv", folder.toString()) == 0, "no Python 3 with venv here");
            require(
                    run(folder, python.toString(), "-m", "pip", "install", "--quiet", requirement) == 0,
                    requirement + " cannot be installed here");
            Files.createFile(done);
        }
        return python;
    }

    /** A folder in which Node finds the package. */
    static Path node(String name, String requirement) throws IOException, InterruptedException {
        var folder = folder(name);
        var done = folder.resolve(requirement);
        if (!Files.exists(done)) {
            Files.writeString(folder.resolve("package.json"), "{\"private\": true}");
            require(
                    run(folder, "npm", "install", "--silent", requirement) == 0,
                    "no npm here, or it cannot install " + requirement);
            Files.createFile(done);
        }
        return folder;
    }

    /** What a program printed, a line each; fails with all it said where it did not end well. */
    static List<String> output(Path folder, String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        var lines = process.inputReader().lines().toList();
        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        return lines;
    }

    /** Where what a test installed is. */
    static Path folder(String name) throws IOException {
        return Files.createDirectories(Path.of("target", "clients", name).toAbsolutePath());
    }

    private static int run(Path folder, String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor(5, TimeUnit.MINUTES)) return process.exitValue();
            process.destroyForcibly();
            return -1;
        } catch (IOException _) {
            return -1; // there is no such program
        }
    }

    private static void require(boolean available, String reason) {
        if (!available && "true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError(reason);
        assumeTrue(available, reason);
    }
}
