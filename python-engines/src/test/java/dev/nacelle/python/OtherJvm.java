package dev.nacelle.python;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A JVM of its own that serves the probe engine, for what a test cannot do to the JVM that it runs in. */
final class OtherJvm implements AutoCloseable {
    private static final String SERVING = "serving ";

    private final Process process;
    private final BufferedReader out;

    private OtherJvm(Process process) {
        this.process = process;
        this.out = process.inputReader();
    }

    /** @param python empty for the default */
    static OtherJvm serving(PythonOptions.Isolation isolation, Optional<Path> python) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                OtherJvm.class.getName(),
                isolation.name()));
        python.ifPresent(path -> command.add(path.toString()));
        return new OtherJvm(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** What {@link #main} printed once it served: the Python version, the engine's process id. */
    String[] awaitServing() throws IOException {
        var seen = new ArrayList<String>();
        for (String line; (line = out.readLine()) != null; ) {
            seen.add(line);
            if (line.startsWith(SERVING))
                return line.substring(SERVING.length()).split(" ", -1);
        }
        throw new AssertionError(String.join("\n", seen));
    }

    /** Serves, with streams that go on, until it is ended; exits normally when its input ends. */
    public static void main(String[] args) throws Exception {
        var options = Python.options(
                PythonOptions.Isolation.valueOf(args[0]),
                "probe_engine:ProbeEngine",
                Map.of(),
                args.length > 1 ? Optional.of(Path.of(args[1])) : Optional.empty(),
                dev.nacelle.python.cpython.EventLoop.AUTO);
        var host = TinyHost.serving(options);
        if (host.ask(Python.request(1_000, "count")).tokens().size() != 1_000) throw new AssertionError();
        var live = IntStream.range(0, 64)
                .mapToObj(_ -> host.ask(Python.request(10_000_000, "count")))
                .toList();
        for (var each : live) each.awaitTokens(100);
        System.out.println(SERVING + host.config.version() + " "
                + host.control("pid", Map.of()).get("pid"));
        if (System.in.read() == 'h') host.control("hang", Map.of());
        System.exit(0); // with all of them live
    }

    void hangEngine() throws IOException {
        process.getOutputStream().write('h');
        process.getOutputStream().flush();
    }

    /** Lets {@link #main} exit. @return the exit code */
    int exit() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(60, TimeUnit.SECONDS)) throw new AssertionError("it does not end");
        return process.exitValue();
    }

    /** What it printed after it served. */
    String rest() throws IOException {
        return String.join("\n", out.lines().toList());
    }

    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
