package dev.nacelle.python;

import static java.util.concurrent.TimeUnit.MINUTES;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A virtual environment with some packages, below {@code target/}: made on first use and kept for later runs.
 *
 * @param folder where it lies
 */
public record Venv(Path folder) {
    private static final Path FOLDER = Path.of("target", "python").toAbsolutePath();

    /**
     * The environment called {@code name}, of {@code python3} on PATH.
     *
     * @param packages what to install, as pip is told; another list makes another environment
     */
    public static Venv of(String name, String... packages) throws IOException, InterruptedException {
        return of(name, Path.of("python3"), packages);
    }

    /** The same of another interpreter. */
    public static Venv of(String name, Path interpreter, String... packages) throws IOException, InterruptedException {
        var key = Integer.toHexString(Arrays.asList(packages).hashCode() ^ interpreter.hashCode());
        var folder = FOLDER.resolve("%s-%s".formatted(name, key));
        var venv = new Venv(folder);
        var ready = folder.resolve("ready");
        if (Files.exists(ready)) return venv;
        var log = Files.createDirectories(FOLDER).resolve(name + ".log");
        orSkip(
                run(log, List.of(interpreter.toString(), "-m", "venv", "--clear", folder.toString())),
                "%s makes no virtual environment: see %s".formatted(interpreter, log));
        if (packages.length > 0) {
            var install = new ArrayList<>(List.of(venv.python().toString(), "-m", "pip", "install", "--quiet"));
            install.addAll(List.of(packages));
            orSkip(run(log, install), "%s cannot be installed: see %s".formatted(List.of(packages), log));
        }
        Files.createFile(ready);
        return venv;
    }

    /** Its interpreter. */
    public Path python() {
        return folder.resolve("bin").resolve("python");
    }

    /** Where its packages lie: an entry for {@code sys.path} of another interpreter of the same version. */
    public Path sitePackages() throws IOException {
        try (var found = Files.walk(folder.resolve("lib"), 2)) {
            return found.filter(each -> each.endsWith("site-packages"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Skips the test for that reason, or fails where {@code NO_TEST_SKIPS} says that everything has to be there. */
    public static void orSkip(boolean available, String reason) {
        if (!available && "true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError(reason);
        Assumptions.assumeTrue(available, reason);
    }

    /** Runs a program. @return whether it ended well; what it said is in {@code log} */
    static boolean run(Path log, List<String> command) throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException _) { // no such program
            return false;
        }
        if (process.waitFor(10, MINUTES)) return process.exitValue() == 0;
        process.destroyForcibly();
        return false;
    }
}
