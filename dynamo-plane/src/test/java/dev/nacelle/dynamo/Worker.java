package dev.nacelle.dynamo;

import dev.nacelle.runtime.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A process of ours with workers in it, to be stopped, suspended and killed. */
final class Worker implements AutoCloseable {
    private static final String SYSTEM = "metrics and health at ";

    private final Process process;
    private final Path log;
    private final URI system;

    private Worker(Process process, Path log, URI system) {
        this.process = process;
        this.log = log;
        this.system = system;
    }

    /** Starts a process with that configuration; returns when it serves. */
    static Worker start(Path folder, String name, String yaml) throws IOException {
        return start(folder, name, yaml, List.of());
    }

    /** @param launcher a command that runs the one which follows it */
    static Worker start(Path folder, String name, String yaml, List<String> launcher) throws IOException {
        var file = Files.writeString(folder.resolve(name + ".yaml"), yaml);
        var log = folder.resolve(name + ".log");
        var command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                file.toString()));
        var process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        BufferedReader out = process.inputReader();
        for (String line; (line = out.readLine()) != null; )
            if (line.startsWith(SYSTEM)) {
                // What it logs has to be read, or it waits for that.
                Thread.ofVirtual().start(() -> append(out, log));
                return new Worker(process, log, URI.create(line.substring(SYSTEM.length())));
            }
        throw new AssertionError("the worker ended: " + Files.readString(log));
    }

    private static void append(BufferedReader out, Path log) {
        try (out;
                var to = Files.newBufferedWriter(log, StandardOpenOption.APPEND)) {
            for (String line; (line = out.readLine()) != null; ) {
                to.write(line);
                to.newLine();
                to.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI system() {
        return system;
    }

    Process process() {
        return process;
    }

    /** Sends a signal: STOP, CONT, KILL, TERM. */
    void signal(String name) throws IOException, InterruptedException {
        signal(process, name);
    }

    static void signal(Process process, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
    }
}
