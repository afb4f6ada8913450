package dev.nacelle.benchmarks.dynamo;

import dev.nacelle.benchmarks.python.Cost;
import dev.nacelle.benchmarks.python.SseLoad;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What a token costs the worker's process behind Dynamo's own frontend: Dynamo's simulator and its reference engine as
 * Dynamo serves them, and workers of ours in their place. Arguments: our launcher, the interpreter that has Dynamo, and
 * optionally a factor for the amount of work.
 */
public final class Workers {
    private static final int TOKENS = 1_000;
    private static final int PORT = 18_090;

    private final String launcher;
    private final String python;
    private final double scale;

    private Workers(String launcher, String python, double scale) {
        this.launcher = launcher;
        this.python = python;
        this.scale = scale;
    }

    public static void main(String[] args) throws Exception {
        new Workers(args[0], args[1], args.length > 2 ? Double.parseDouble(args[2]) : 1).run();
    }

    private void run() throws Exception {
        System.out.printf("%-44s %8s %12s %20s%n", "worker", "streams", "tokens/s", "worker's CPU µs/token");
        var pacedTheirs = theirs("mocker", "Dynamo's simulator, 10 ms a token", 2, 64, "--speedup-ratio", "0.6");
        var pacedOurs = ours("ours, 10 ms a token", 2, "engine: echo, options: {rate: 100}", 64);
        var floodTheirs = theirs("mocker", "Dynamo's simulator, flood", 8, 64, "--speedup-ratio", "100000");
        var floodOurs = ours("ours, flood", 8, "engine: echo", 64);
        var sample16 = theirs("sample", "Dynamo's reference engine", 16, 16, "--delay", "0");
        var sample256 = theirs("sample", "Dynamo's reference engine", 1, 256, "--delay", "0");
        var embedded16 = ours("the same engine, ours, embedded", 16, reference("embedded"), 16);
        var embedded256 = ours("the same engine, ours, embedded", 1, reference("embedded"), 256);
        System.out.println();
        target("CPU per token, 64 streams @ 10 ms, ours / simulator", cpu(pacedOurs) / cpu(pacedTheirs), 0.6, false);
        target(
                "tokens/s, flood, ours / simulator",
                floodOurs.tokensPerSecond() / floodTheirs.tokensPerSecond(),
                1.5,
                true);
        target("CPU per token, reference engine, 16 streams", cpu(embedded16) / cpu(sample16), 0.3, false);
        target("CPU per token, reference engine, 256 streams", cpu(embedded256) / cpu(sample256), 0.3, false);
    }

    private static double cpu(Cost cost) {
        return cost.cpuMicrosPerToken();
    }

    private static void target(String what, double ratio, double bound, boolean atLeast) {
        boolean met = atLeast ? ratio >= bound : ratio <= bound;
        System.out.printf(
                "%-56s %6.2f   target %s %.1f   %s%n", what, ratio, atLeast ? "≥" : "≤", bound, met ? "met" : "MISSED");
    }

    private String reference(String isolation) {
        return "engine: python, options: {class: \"dynamo.common.backend.sample_engine:SampleLLMEngine\","
                + " runtime: cpython, isolation: %s, python: \"%s\", args: [--model-name, model, --delay, \"0\"]}"
                        .formatted(isolation, python);
    }

    /** A worker of Dynamo's own. */
    private Cost theirs(String role, String name, int each, int streams, String... options) throws Exception {
        try (var dynamo = Dynamo.start(role, options)) {
            return measure(name, dynamo, each, streams, dynamo.process("worker"));
        }
    }

    /** A worker of ours behind Dynamo's frontend. */
    private Cost ours(String name, int each, String engine, int streams) throws Exception {
        var config = Files.createTempFile("workers", ".yaml");
        try (var dynamo = Dynamo.start("frontend")) {
            Files.writeString(config, """
                    roles: [workers]
                    plane: dynamo
                    system: {port: 0}
                    dynamo: {root: %s}
                    workers:
                      - {%s, model: {path: "%s", name: model}}
                    """.formatted(dynamo.said("kv"), engine, dynamo.said("model")));
            var process = new ProcessBuilder(launcher, "run", config.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                Dynamo.await(process.inputReader(), "metrics and health at ");
                dynamo.awaitModel();
                var all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                        .toList();
                return measure(name, dynamo, each, streams, all);
            } finally {
                process.destroy();
                process.onExit().join();
            }
        } finally {
            Files.delete(config);
        }
    }

    private Cost measure(String name, Dynamo dynamo, int each, int streams, List<ProcessHandle> worker)
            throws Exception {
        var body =
                "{\"model\": \"%s\", \"prompt\": \"hello\", \"max_tokens\": %d, \"stream\": true, \"ignore_eos\": true}"
                        .formatted(dynamo.model(), TOKENS);
        var load = new SseLoad(PORT, body, TOKENS);
        int responses = Math.max(1, (int) Math.round(each * scale));
        load.run(streams, responses, worker); // warm-up
        var cost = load.run(streams, responses, worker);
        System.out.printf("%-44s %8d %,12.0f %20.1f%n", name, streams, cost.tokensPerSecond(), cpu(cost));
        return cost;
    }

    /** A running {@code benchmarks/peers/dynamo}. */
    private record Dynamo(Process process, Map<String, String> said, String model) implements AutoCloseable {
        static Dynamo start(String role, String... options) throws IOException {
            var command = new ArrayList<>(List.of("benchmarks/peers/dynamo", role));
            command.addAll(List.of(options));
            var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("HTTP_PORT", Integer.toString(PORT));
            var process = builder.start();
            var said = new LinkedHashMap<String, String>();
            for (var pair : await(process.inputReader(), "frontend=").split(" ", -1)) {
                var parts = pair.split("=", 2);
                said.put(parts[0], parts[1]);
            }
            return new Dynamo(process, said, role.equals("sample") ? String.valueOf(said.get("model")) : "model");
        }

        String said(String what) {
            return String.valueOf(said.get(what));
        }

        List<ProcessHandle> process(String what) {
            return ProcessHandle.of(Long.parseLong(said(what))).stream().toList();
        }

        void awaitModel() throws IOException, InterruptedException {
            var models = URI.create("http://%s:%d/v1/models"
                    .formatted(InetAddress.getLoopbackAddress().getHostAddress(), PORT));
            try (var http = HttpClient.newHttpClient()) {
                for (int i = 0; i < 600; i++) {
                    var answer = http.send(HttpRequest.newBuilder(models).build(), BodyHandlers.ofString());
                    if (answer.body().contains("\"id\"")) return;
                    LockSupport.parkNanos(100_000_000);
                }
            }
            throw new IOException("the frontend does not find the worker");
        }

        static String await(BufferedReader lines, String start) throws IOException {
            for (String line; (line = lines.readLine()) != null; ) if (line.startsWith(start)) return line;
            throw new IOException("it ended before it said '%s'".formatted(start));
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
            process.onExit().join();
        }
    }
}
