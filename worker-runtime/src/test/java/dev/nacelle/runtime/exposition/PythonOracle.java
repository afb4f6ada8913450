package dev.nacelle.runtime.exposition;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Python's prometheus_client in a process of its own, from a virtual environment under {@code target}. */
final class PythonOracle implements AutoCloseable {
    private static final Path ENVIRONMENT = Path.of("target", "python-oracle");

    private final Process process;
    private final DataOutputStream to;
    private final DataInputStream from;

    private PythonOracle(Process process) {
        this.process = process;
        this.to = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
        this.from = new DataInputStream(process.getInputStream());
    }

    /** Starts it, or skips the test, saying why. */
    static synchronized PythonOracle start() throws Exception {
        Path python = ENVIRONMENT.resolve("bin").resolve("python").toAbsolutePath();
        Path ready = ENVIRONMENT.resolve("ready");
        if (!Files.exists(ready)) {
            run("python3", "-m", "venv", ENVIRONMENT.toString());
            run(
                    python.toString(),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "prometheus_client");
            Files.createFile(ready);
        }
        Path script = ENVIRONMENT.resolve("oracle.py");
        try (InputStream in = Objects.requireNonNull(PythonOracle.class.getResourceAsStream("oracle.py"))) {
            Files.write(script, in.readAllBytes());
        }
        return new PythonOracle(new ProcessBuilder(python.toString(), script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private static void run(String... command) throws Exception {
        Process process;
        try {
            File log = new File(Files.createDirectories(Path.of("target")).toFile(), "python-oracle.log");
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                    .start();
        } catch (IOException e) {
            Needs.orSkip(false, "no Python for the differential test: " + e.getMessage());
            return;
        }
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            Needs.orSkip(
                    false,
                    "prometheus_client could not be installed (target/python-oracle.log): "
                            + String.join(" ", command));
        }
    }

    /** The samples that it reads from a page, one a line; after an exclamation mark why it reads none. */
    String read(Dialect.Format format, byte[] page) throws IOException {
        to.writeByte(format == Dialect.Format.TEXT ? 't' : 'o');
        to.writeInt(page.length);
        to.write(page);
        to.flush();
        return new String(from.readNBytes(from.readInt()), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
