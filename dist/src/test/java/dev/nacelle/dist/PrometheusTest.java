package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus reads what a serving process shows. */
class PrometheusTest {
    /** Lint that is owed to names of the metrics contract and to nothing else. */
    private static final Predicate<String> CONTRACT_NAME = line -> line.contains("_ms ")
            || line.contains("_us ")
            || line.contains("_count ")
            || line.contains("should not contain abbreviated units");

    private final Client client = new Client();

    @TempDir
    Path folder;

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void promtoolFindsNothingButTheContractsNames() throws Exception {
        var promtool = Tool.find("promtool", "prometheus");
        try (var host = Served.echo("echo")) {
            complete(host);
            var scrape = client.get(host.system() + "/metrics").body();
            var lint = lint(promtool, scrape);
            assertThat(lint.stream().filter(CONTRACT_NAME.negate())).isEmpty();
        }
    }

    @Test
    void prometheusScrapesAndAnswersForTheLoadTime() throws Exception {
        var prometheus = Tool.find("prometheus", "prometheus");
        try (var host = Served.echo("echo")) {
            complete(host);
            int port = freePort();
            var server = start(prometheus, port, host.system().substring("http://".length()));
            try {
                var url = "http://127.0.0.1:%d/api/v1/query?query=".formatted(port);
                assertThat(ask(url + "dynamo_component_model_load_time_seconds"))
                        .contains("\"dynamo_component\":\"backend\"", "\"model\":\"echo\"");
                var quantile = URLEncoder.encode(
                        "histogram_quantile(0.5, dynamo_frontend_time_to_first_token_seconds_bucket)",
                        StandardCharsets.UTF_8);
                assertThat(ask(url + quantile)).contains("\"model\":\"echo\"");
                assertThat(ask(url + "up")).contains("\"1\"");
            } finally {
                server.destroyForcibly().waitFor();
            }
        }
    }

    private void complete(Served host) throws Exception {
        var response = client.post(
                host.api() + "/v1/completions", "{\"model\": \"echo\", \"prompt\": \"abc\", \"max_tokens\": 5}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private List<String> lint(Path promtool, String scrape) throws IOException, InterruptedException {
        var page = Files.writeString(folder.resolve("page.txt"), scrape);
        var output = folder.resolve("lint.txt");
        var process = new ProcessBuilder(promtool.toString(), "check", "metrics")
                .redirectInput(page.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        var lines = Files.readAllLines(output);
        // 0: nothing found, 3: lint; anything else is a page that cannot be parsed.
        assertThat(process.exitValue()).as(lines.toString()).isIn(0, 3);
        return lines.stream().filter(line -> !line.isBlank()).toList();
    }

    private Process start(Path prometheus, int port, String target) throws IOException {
        var config = Files.writeString(folder.resolve("prometheus.yml"), """
                scrape_configs:
                  - job_name: nacelle
                    scrape_interval: 1s
                    static_configs: [{targets: ['%s']}]
                """.formatted(target));
        var command = new ArrayList<String>();
        command.add(prometheus.toString());
        command.add("--config.file=" + config);
        command.add("--storage.tsdb.path=" + folder.resolve("tsdb"));
        command.add("--web.listen-address=127.0.0.1:" + port);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
    }

    /** Asks until there is a result: a scrape comes once a second. */
    private String ask(String url) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        String last = "";
        while (System.nanoTime() < end) {
            try {
                last = client.get(url).body();
                if (last.contains("\"metric\":{")) return last;
            } catch (IOException _) {
                last = "not up yet";
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
        throw new AssertionError("no result from %s: %s".formatted(url, last));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
