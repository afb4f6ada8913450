package dev.nacelle.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server in processes of its own, which says in its first line of output {@code port=N}, and beside it, where several work
 * together, each one's {@code name=PID}; it ends with its standard input.
 */
final class Child implements AutoCloseable {
    private final Process process;
    private final int port;
    private final Map<String, Long> pids = new LinkedHashMap<>();

    private Child(List<String> command, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        process = builder.start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line;
        do line = out.readLine();
        while (line != null && !line.contains("port="));
        if (line == null) throw new IOException("%s ended before it served".formatted(command));
        // Whatever it says later must not fill its pipe.
        Thread.ofVirtual().start(() -> out.lines().forEach(_ -> {}));
        int found = 0;
        for (var pair : line.split(" ", -1)) {
            var equals = pair.indexOf('=');
            var value = pair.substring(equals + 1);
            if (pair.startsWith("port=")) found = Integer.parseInt(value);
            else if (equals > 0 && value.matches("\\d+")) pids.put(pair.substring(0, equals), Long.parseLong(value));
        }
        port = found;
    }

    /** Another main class of this class path, in a JVM of its own. */
    static Child java(Class<?> main, List<String> jvmOptions, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        var child = new Child(command, Map.of());
        child.pids.put("server", child.process.pid());
        return child;
    }

    /** Another program. */
    static Child program(Map<String, String> environment, String... command) throws IOException {
        return new Child(List.of(command), environment);
    }

    int port() {
        return port;
    }

    Map<String, Long> pids() {
        return pids;
    }

    /** For a main class: says where it listens, and waits for the end of its input. */
    static void serve(int port) throws IOException {
        System.out.println("port=" + port);
        System.out.flush();
        System.in.transferTo(OutputStream.nullOutputStream());
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
