package dev.nacelle.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.dist.ProtobufPage.Family;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two engines with a {@code prometheus_client} registry each, one embedded and one as a process, on one page: the same
 * families from both, with the labels of their workers.
 */
class PythonMetricsIT {
    private static final List<String> LABELS =
            List.of("dynamo_component", "dynamo_endpoint", "dynamo_namespace", "model", "model_name", "worker_id");

    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Launched server;

    @BeforeAll
    static void serveAndAsk() throws Exception {
        var python = Environment.python("examples", "ExampleEnginesTest");
        var examples = Path.of("..", "examples", "python").toAbsolutePath().normalize();
        var worker = """
                  - engine: python
                    component: %1$s
                    options:
                      class: metered_engine:MeteredEngine
                      path: ["%2$s"]
                      runtime: cpython
                      isolation: %3$s
                      python: "%4$s"
                      args: {model: %1$s}
                """;
        var config = "roles: [workers, frontend]\nworkers:\n"
                + worker.formatted("left", examples, "embedded", python)
                + worker.formatted("right", examples, "process", python);
        server = Launched.serving(
                Files.writeString(folder.resolve("nacelle.yaml"), config).toString());
        try (var client = new Client()) {
            for (var model : List.of("left", "right")) {
                var answer = client.post(
                        server.api() + "/v1/completions",
                        "{\"model\": \"%s\", \"prompt\": \"abc\", \"max_tokens\": 5}".formatted(model));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
        }
        awaitTokens();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) server.close();
    }

    @Test
    void inTextEachFamilyComesOnceWithItsTypeAndTheWorkersLabels() throws Exception {
        var page = new String(scrape("text/plain; version=0.0.4"), UTF_8);
        assertThat(page.lines().filter(line -> line.startsWith("# TYPE metered_") && !line.contains("_created ")))
                .containsExactlyInAnyOrder(
                        "# TYPE metered_tokens_total counter",
                        "# TYPE metered_running gauge",
                        "# TYPE metered_request_seconds histogram");
        assertThat(page.lines().filter(line -> line.startsWith("# HELP metered_tokens_total ")))
                .containsExactly("# HELP metered_tokens_total Tokens made");
        assertThat(page.lines().filter(line -> line.startsWith("metered_")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .contains(LABELS.stream().map(name -> name + "=\"").toList()));
        assertThat(page.lines().filter(line -> line.startsWith("metered_tokens_total{")))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("dynamo_component=\"left\"", "model=\"left\""))
                .anySatisfy(line -> assertThat(line).contains("dynamo_component=\"right\"", "model=\"right\""));
    }

    @Test
    void inOpenMetricsToo() throws Exception {
        var page = new String(scrape("application/openmetrics-text; version=1.0.0"), UTF_8);
        assertThat(page).endsWith("# EOF\n");
        assertThat(page.lines().filter(line -> line.startsWith("# TYPE metered_")))
                .containsExactlyInAnyOrder(
                        "# TYPE metered_tokens counter",
                        "# TYPE metered_running gauge",
                        "# TYPE metered_request_seconds histogram");
        assertThat(page.lines().filter(line -> line.startsWith("metered_tokens_total{")))
                .hasSize(2);
    }

    @Test
    void inProtobufToo() throws Exception {
        var families = ProtobufPage.read(
                scrape("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"));
        Set<String> labels = new TreeSet<>(LABELS);
        Set<String> ofRequests = new TreeSet<>(LABELS);
        ofRequests.add("finish_reason");
        assertThat(families)
                .filteredOn(family -> family.name().startsWith("metered_"))
                .containsExactlyInAnyOrder(
                        new Family("metered_tokens_total", ProtobufPage.Type.COUNTER, List.of(labels, labels)),
                        new Family("metered_running", ProtobufPage.Type.GAUGE, List.of(labels, labels)),
                        new Family(
                                "metered_request_seconds",
                                ProtobufPage.Type.HISTOGRAM,
                                List.of(ofRequests, ofRequests)));
    }

    private static void awaitTokens() throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        String page;
        do {
            page = new String(scrape("text/plain; version=0.0.4"), UTF_8);
            if (page.lines()
                            .filter(line -> line.startsWith("metered_tokens_total{") && line.endsWith(" 5.0"))
                            .count()
                    == 2) return;
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        } while (System.nanoTime() < end);
        throw new AssertionError("the engines' tokens never came:\n" + page);
    }

    private static byte[] scrape(String accept) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(server.system() + "/metrics"))
                    .header("Accept", accept)
                    .build();
            return http.send(request, BodyHandlers.ofByteArray()).body();
        }
    }
}
