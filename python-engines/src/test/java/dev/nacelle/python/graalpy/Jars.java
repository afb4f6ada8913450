package dev.nacelle.python.graalpy;

import static java.util.concurrent.TimeUnit.MINUTES;

import dev.nacelle.python.Venv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** GraalPy for tests: fetched below {@code target/} on first use, as the distribution fetches it, and kept. */
public final class Jars {
    private static final Path POM = Path.of("..", "dist", "src", "main", "dist", "lib", "graalpy-pom.xml")
            .toAbsolutePath();

    private static final GraalPy SHARED = new GraalPy();

    private Jars() {}

    /** One for all tests of this JVM, as its start takes seconds. */
    public static GraalPy shared() throws IOException, InterruptedException {
        ready();
        return SHARED;
    }

    /** Has this JVM find the jars; skips the test where they cannot be had. */
    public static synchronized void ready() throws IOException, InterruptedException {
        var into = Files.createDirectories(Path.of("target")).toAbsolutePath();
        var folder = into.resolve("graalpy");
        if (!Files.exists(folder.resolve("polyglot-%s.jar".formatted(GraalPy.VERSION)))) fetch(into);
        System.setProperty(GuestPlace.FOLDER, folder.toString());
    }

    private static void fetch(Path into) throws IOException, InterruptedException {
        var log = into.resolve("graalpy.log");
        var maven = new ProcessBuilder(
                        "mvn", "--batch-mode", "-f", POM.toString(), "-Dinto=" + into, "generate-resources")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        var process = maven.start();
        boolean fetched = process.waitFor(10, MINUTES) && process.exitValue() == 0;
        process.destroyForcibly();
        Venv.orSkip(fetched, "GraalPy cannot be fetched: see " + log);
    }
}
