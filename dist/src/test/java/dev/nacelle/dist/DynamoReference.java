package dev.nacelle.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A virtual environment with the reference engine of {@code ai-dynamo}, under {@code target}. */
final class DynamoReference {
    private static final String VERSION = "1.6.1";
    private static final Path FOLDER = Path.of("target", "dynamo-reference").toAbsolutePath();

    private DynamoReference() {}

    /** Its interpreter; skips the test where it cannot be had, saying why. */
    static synchronized Path python() throws Exception {
        var python = FOLDER.resolve("bin").resolve("python");
        var ready = FOLDER.resolve("ready");
        if (Files.exists(ready)) return python;
        run(List.of("python3", "-m", "venv", "--clear", FOLDER.toString()));
        var pip = List.of(python.toString(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check");
        run(with(pip, "typing-extensions", "pydantic<=2.13.5"));
        // Without what it depends on: the engine needs none of that.
        run(with(pip, "--no-deps", "ai-dynamo==" + VERSION, "ai-dynamo-runtime==" + VERSION));
        Files.createFile(ready);
        return python;
    }

    private static List<String> with(List<String> command, String... more) {
        var all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    private static void run(List<String> command) throws Exception {
        var log = Files.createDirectories(Path.of("target")).resolve("dynamo-reference.log");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            orSkip(false, "no Python for the reference engine: " + e.getMessage());
            return;
        }
        boolean done = process.waitFor(10, TimeUnit.MINUTES) && process.exitValue() == 0;
        if (!done) process.destroyForcibly();
        orSkip(done, "could not be installed (target/dynamo-reference.log): " + String.join(" ", command));
    }

    private static void orSkip(boolean available, String reason) {
        if (!available && "true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError(reason);
        Assumptions.assumeTrue(available, reason);
    }
}
