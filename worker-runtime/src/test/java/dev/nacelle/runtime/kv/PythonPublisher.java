package dev.nacelle.runtime.kv;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** pyzmq and msgspec in a process of their own, from a virtual environment under {@code target}. */
final class PythonPublisher implements AutoCloseable {
    private static final Path ENVIRONMENT = Path.of("target", "zmq-publisher");

    private final Process process;
    private final Writer to;
    private final BufferedReader from;
    private final int port;
    private final int replayPort;

    private PythonPublisher(Process process) throws IOException {
        this.process = process;
        to = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var ports = new ObjectMapper().readTree(from.readLine());
        port = ports.get("port").intValue();
        replayPort = ports.get("replay_port").intValue();
    }

    /** Starts it, or skips the test, saying why. */
    static synchronized PythonPublisher start() throws Exception {
        var python =
                ENVIRONMENT.resolve("bin").resolve("python").toAbsolutePath().toString();
        var ready = ENVIRONMENT.resolve("ready");
        if (!Files.exists(ready)) {
            install("python3", "-m", "venv", ENVIRONMENT.toString());
            install(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pyzmq", "msgspec");
            Files.createFile(ready);
        }
        var script = ENVIRONMENT.resolve("publisher.py");
        try (var in = Objects.requireNonNull(PythonPublisher.class.getResourceAsStream("publisher.py"))) {
            Files.write(script, in.readAllBytes());
        }
        return new PythonPublisher(new ProcessBuilder(python, script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private static void install(String... command) throws Exception {
        Process process;
        try {
            var log = Files.createDirectories(Path.of("target")).resolve("zmq-publisher.log");
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            orSkip(false, "no Python to publish events: " + e.getMessage());
            return;
        }
        boolean done = process.waitFor(180, TimeUnit.SECONDS) && process.exitValue() == 0;
        if (!done) process.destroyForcibly();
        orSkip(done, "could not be installed (target/zmq-publisher.log): " + String.join(" ", command));
    }

    private static void orSkip(boolean available, String reason) {
        if (!available && "true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError(reason);
        Assumptions.assumeTrue(available, reason);
    }

    String endpoint() {
        return "tcp://127.0.0.1:" + port;
    }

    String replayEndpoint() {
        return "tcp://127.0.0.1:" + replayPort;
    }

    /** Waits until somebody subscribed. */
    PythonPublisher subscribed() throws IOException {
        expect("subscribed");
        return this;
    }

    /** Publishes a batch of events, each a JSON object; {@code more} are further keys of the order. */
    void publish(String more, String... events) throws IOException {
        to.write("{\"events\":[%s]%s}\n".formatted(String.join(",", List.of(events)), more));
        to.flush();
        expect("published");
    }

    private void expect(String word) throws IOException {
        var line = from.readLine();
        if (!word.equals(line)) throw new AssertionError("the publisher said " + line);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
