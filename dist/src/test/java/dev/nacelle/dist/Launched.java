package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The distribution as an operator runs it: a process of its own, started by its launcher. */
final class Launched implements AutoCloseable {
    private static final String API = "OpenAI API at ";
    private static final String SYSTEM = "metrics and health at ";
    private static final long PATIENCE_S = 60;

    private final Process process;
    private final Path errors;
    private final List<String> lines = new ArrayList<>();
    private final BufferedReader out;

    private Launched(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.out = process.inputReader();
    }

    /** Starts {@code nacelle} with these arguments. */
    static Launched with(String... arguments) {
        try {
            var errors = Files.createTempFile("nacelle", ".err");
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("nacelle.distribution"), "bin", "nacelle")
                    .toString());
            command.addAll(Arrays.asList(arguments));
            return new Launched(
                    new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts {@code nacelle run} on free ports and waits until it serves. */
    static Launched serving(String... arguments) throws IOException {
        var all = new ArrayList<>(List.of("run"));
        all.addAll(Arrays.asList(arguments));
        all.addAll(List.of("--set", "frontend.port=0", "--set", "system.port=0"));
        var launched = with(all.toArray(String[]::new));
        launched.readUntil(SYSTEM);
        return launched;
    }

    /** The same with an engine in GraalPy, which the launcher fetches; skips the test where it cannot be had. */
    static Launched servingGraalPy(String... arguments) throws IOException {
        try {
            return serving(arguments);
        } catch (AssertionError e) {
            boolean skips = !"true".equals(System.getenv("NO_TEST_SKIPS"));
            Assumptions.assumeFalse(
                    skips && String.valueOf(e.getMessage()).contains("fetch-graalpy:"), "GraalPy cannot be fetched");
            throw e;
        }
    }

    String api() {
        return address(API);
    }

    String system() {
        return address(SYSTEM);
    }

    /** Reads what the process prints up to the line with that start; fails when it ends before. */
    void readUntil(String start) throws IOException {
        for (String line; (line = out.readLine()) != null; ) {
            lines.add(line);
            if (line.startsWith(start)) return;
        }
        throw new AssertionError("the process ended before it printed '%s'%n%s%n%s".formatted(start, lines, errors()));
    }

    /** The processes that it started. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** Sends SIGTERM; through the handle, as {@link Process#destroy} closes the output that is still to be read. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for the end and returns the exit code. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS))
                .as("ended within %d s; it said %s", PATIENCE_S, errors())
                .isTrue();
        return process.exitValue();
    }

    /** All of standard output; once the process has ended. */
    String output() throws IOException {
        for (String line; (line = out.readLine()) != null; ) lines.add(line);
        return String.join("\n", lines);
    }

    /** What standard error holds so far. */
    String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(errors);
    }

    private String address(String start) {
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line '%s' in %s".formatted(start, lines)));
    }
}
