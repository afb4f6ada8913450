package dev.nacelle.benchmarks.python;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Serves ai-dynamo's reference engine behind Nacelle and behind Dynamo, one after the other, under the same load from the
 * same client, HTTP to HTTP. Arguments: the interpreter that has it, and optionally a factor for the amount of work.
 */
public final class Peers {
    private static final int TOKENS = 1_000;
    private static final int[] STREAMS = {16, 256};
    private static final int RESPONSES = 256;
    private static final int API_PORT = 18_080;

    private Peers() {}

    private record Peer(Process process, int port, String model, List<ProcessHandle> processes)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            process.getOutputStream().close(); // ends Dynamo
            process.destroy(); // ends Nacelle
            process.onExit().join();
        }
    }

    public static void main(String[] args) throws Exception {
        double scale = args.length > 1 ? Double.parseDouble(args[1]) : 1;
        System.out.printf("%-28s %8s %12s %14s%n", "", "streams", "tokens/s", "CPU µs/token");
        try (var peer = nacelle(args[0], "embedded")) {
            measure("Nacelle, embedded", peer, scale);
        }
        try (var peer = nacelle(args[0], "process")) {
            measure("Nacelle, process", peer, scale);
        }
        try (var peer = dynamo()) {
            measure("Dynamo", peer, scale);
        }
    }

    private static void measure(String what, Peer peer, double scale) throws Exception {
        var load = new SseLoad(
                peer.port(),
                "{\"model\": \"%s\", \"prompt\": \"hello\", \"max_tokens\": %d, \"stream\": true, \"ignore_eos\": true}"
                        .formatted(peer.model(), TOKENS),
                TOKENS);
        for (int streams : STREAMS) {
            int each = Math.max(1, (int) (scale * RESPONSES / streams));
            load.run(streams, each, peer.processes()); // warm-up
            var cost = load.run(streams, each, peer.processes());
            System.out.printf(
                    "%-28s %8d %,12.0f %14.1f%n", what, streams, cost.tokensPerSecond(), cost.cpuMicrosPerToken());
        }
    }

    private static Peer nacelle(String python, String isolation) throws IOException {
        var config = Files.createTempFile("peers", ".yaml");
        try {
            Files.writeString(config, """
                    roles: [workers, frontend]
                    frontend: {port: %d}
                    system: {port: 0}
                    workers:
                      - engine: python
                        model: {path: "%s", name: model}
                        options:
                          class: "dynamo.common.backend.sample_engine:SampleLLMEngine"
                          runtime: cpython
                          isolation: %s
                          python: "%s"
                          args: [--model-name, model, --delay, "0"]
                    """.formatted(
                    API_PORT, Path.of("examples", "models", "austen-1.7m").toAbsolutePath(), isolation, python));
            var process = start(Map.of(), "dist/target/nacelle/bin/nacelle", "run", config.toString());
            await(process.inputReader(), "metrics and health at ");
            var all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                    .toList();
            return new Peer(process, API_PORT, "model", all);
        } finally {
            Files.delete(config);
        }
    }

    private static Peer dynamo() throws IOException {
        var process = start(
                Map.of("HTTP_PORT", Integer.toString(API_PORT)), "benchmarks/peers/dynamo", "sample", "--delay", "0");
        var said = new LinkedHashMap<String, String>();
        for (var pair : await(process.inputReader(), "frontend=").split(" ", -1)) {
            var parts = pair.split("=", 2);
            said.put(parts[0], parts[1]);
        }
        var processes = new ArrayList<ProcessHandle>();
        for (var each : List.of("frontend", "worker"))
            ProcessHandle.of(Long.parseLong(String.valueOf(said.get(each)))).ifPresent(processes::add);
        return new Peer(process, API_PORT, String.valueOf(said.get("model")), processes);
    }

    private static Process start(Map<String, String> environment, String... command) throws IOException {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String await(BufferedReader lines, String start) throws IOException {
        for (String line; (line = lines.readLine()) != null; ) if (line.startsWith(start)) return line;
        throw new IOException("it ended before it said '%s'".formatted(start));
    }
}
