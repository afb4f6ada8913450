package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines in Python behind the distribution, the real CPython embedded and as a process. */
class PythonIT {
    private static final Path EXAMPLES =
            Path.of("..", "examples", "python").toAbsolutePath().normalize();
    private static final Path PEER = Path.of("..")
            .resolve("worker-runtime/src/test/resources/dev/nacelle/runtime/exposition/sample-engine-worker.prom");
    private static final Pattern SAMPLE =
            Pattern.compile("(dynamo_component_[a-z_]+?)(_bucket|_sum|_count)?\\{(.*)} .*");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    private final Client client = new Client();

    @TempDir
    Path folder;

    @AfterEach
    void closeClient() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "process"})
    void liveStreamsFinishAfterSigtermAndNothingIsLeft(String isolation) throws Exception {
        var config = config(isolation, "echo_engine:EchoEngine", EXAMPLES.toString(), "python3", "{rate: 50}");
        try (var server = Launched.serving(config)) {
            var streams = begin(server, "python-echo", 8, 100);
            var children = server.descendants();
            assertThat(children).hasSize(isolation.equals("process") ? 1 : 0);
            server.terminate();
            for (var stream : streams) {
                var lines = stream.join();
                assertThat(lines).contains("data: [DONE]");
                assertThat(lines.stream().filter(line -> line.contains("\"finish_reason\":\"length\"")))
                        .hasSize(1);
            }
            assertThat(server.exitCode()).isZero();
            // A JVM warns of native access that it was not told of, and says on standard output that it crashed.
            assertThat(server.errors()).doesNotContain("Exception", "WARNING:");
            assertThat(server.output()).doesNotContain("hs_err");
            assertThat(children).noneMatch(ProcessHandle::isAlive);
        }
    }

    @Test
    void anEngineProcessThatIsKilledComesBackAndItsSeriesGoOn() throws Exception {
        var config = config("process", "echo_engine:EchoEngine", EXAMPLES.toString(), "python3", "{rate: 50}");
        try (var server = Launched.serving(config)) {
            assertThat(client.post(server.api() + "/v1/completions", body("python-echo", 3, false))
                            .statusCode())
                    .isEqualTo(200);
            var streams = begin(server, "python-echo", 2, 4_000);
            var child = server.descendants().getFirst();
            child.destroyForcibly();
            for (var stream : streams) {
                var lines = stream.join();
                assertThat(lines).contains("event: error").doesNotContain("data: [DONE]");
                assertThat(String.join("\n", lines)).contains("was ended by signal 9");
            }
            // Refused while there is none, then served by another.
            int status = 503;
            while (status == 503)
                status = client.post(server.api() + "/v1/completions", body("python-echo", 3, false))
                        .statusCode();
            assertThat(status).isEqualTo(200);
            assertThat(server.descendants()).hasSize(1).doesNotContain(child);
            var page = scrapeUntil(
                    server,
                    text -> text.lines()
                            .anyMatch(line -> line.matches("dynamo_component_requests_total\\{.*} 4(\\.0)?")));
            assertThat(page.lines())
                    .anyMatch(line ->
                            line.startsWith("dynamo_component_total_blocks{") && line.matches(".* 1024(\\.0)?"));
            server.terminate();
            assertThat(server.exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "process"})
    void theReferenceEnginesScrapeHasTheLabelsThatItHasElsewhere(String isolation) throws Exception {
        var config = config(
                isolation,
                "dynamo.common.backend.sample_engine:SampleLLMEngine",
                EXAMPLES.toString(),
                referencePython().toString(),
                "[--model-name, reference, --delay, '0.01']");
        try (var server = Launched.serving(config)) {
            var answer = client.post(server.api() + "/v1/completions", body("reference", 5, false));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("\"completion_tokens\":5");
            var streams = begin(server, "reference", 8, 200);
            var page = scrapeUntil(
                    server,
                    text -> text.lines()
                            .filter(line -> line.startsWith("dynamo_component_gpu_cache_usage_percent{"))
                            .anyMatch(line -> !line.endsWith(" 0.0") && !line.endsWith(" 0")));
            assertThat(page.lines())
                    .anyMatch(line ->
                            line.startsWith("dynamo_component_total_blocks{") && line.matches(".* 1000(\\.0)?"));
            var ours = labelSets(page);
            assertThat(labelSets(Files.readString(PEER))).isNotEmpty().isSubsetOf(ours);
            server.terminate();
            for (var stream : streams) assertThat(stream.join()).contains("data: [DONE]");
            assertThat(server.exitCode()).isZero();
        }
    }

    /** Family and label names, of what an engine's endpoint has by contract. */
    private static Set<String> labelSets(String page) {
        return page.lines()
                .map(SAMPLE::matcher)
                .filter(sample -> sample.matches()
                        && !sample.group(3).contains("worker_kv_query")
                        && !sample.group(1).contains("kv_publisher"))
                .map(sample -> sample.group(1) + " "
                        + LABEL.matcher(sample.group(3))
                                .results()
                                .map(label -> label.group(1))
                                .sorted()
                                .collect(Collectors.joining(" ")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String scrapeUntil(Launched server, java.util.function.Predicate<String> condition) throws Exception {
        while (true) {
            var page = client.get(server.system() + "/metrics").body();
            if (condition.test(page)) return page;
        }
    }

    /** The tests of python-engines make it, and run before these in a build of everything. */
    private static Path referencePython() throws IOException {
        var environments = Path.of("..", "python-engines", "target", "python");
        if (Files.isDirectory(environments))
            try (Stream<Path> found = Files.list(environments)) {
                var python = found.filter(each -> each.getFileName().toString().startsWith("dynamo-"))
                        .map(each -> each.resolve("bin")
                                .resolve("python")
                                .toAbsolutePath()
                                .normalize())
                        .filter(Files::isExecutable)
                        .findFirst();
                if (python.isPresent()) return python.get();
            }
        var reason = "no environment with ai-dynamo: ReferenceEngineTest of python-engines makes one";
        if ("true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError(reason);
        Assumptions.abort(reason);
        throw new AssertionError("unreachable");
    }

    private String config(String isolation, String className, String path, String python, String args)
            throws IOException {
        var interpreter = python.equals("python3") ? "" : "      python: " + python + "\n";
        return Files.writeString(
                        folder.resolve("nacelle.yaml"), """
                        roles: [workers, frontend]
                        workers:
                          - engine: python
                            component: sample
                            options:
                              class: "%s"
                              path: ["%s"]
                              runtime: cpython
                              isolation: %s
                              args: %s
                        """.formatted(className, path, isolation, args) + interpreter)
                .toString();
    }

    private List<CompletableFuture<List<String>>> begin(Launched server, String model, int count, int tokens)
            throws InterruptedException {
        var streams = new ArrayList<CompletableFuture<List<String>>>();
        var begun = new ArrayList<CountDownLatch>();
        for (int i = 0; i < count; i++) {
            var first = new CountDownLatch(1);
            begun.add(first);
            streams.add(client.stream(server.api() + "/v1/completions", body(model, tokens, true), first));
        }
        for (var each : begun) each.await();
        return streams;
    }

    private static String body(String model, int tokens, boolean stream) {
        return """
                {"model": "%s", "prompt": "abcdefghijklmnopqrstuvwxyz0123456789", "max_tokens": %d, "stream": %s}""".formatted(model, tokens, stream);
    }
}
