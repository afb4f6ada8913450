package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real exporters write, run here and now: not a sample lost or changed, in either text format. */
@Tag("long")
class RealExportersTest {
    @TempDir
    Path folder;

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @Test
    void nodeExporter() throws Exception {
        int port = freePort();
        check(port, "/usr/bin/prometheus-node-exporter", "--web.listen-address=127.0.0.1:" + port);
    }

    @Test
    void prometheusItself() throws Exception {
        int port = freePort();
        Path config = folder.resolve("empty.yml");
        Files.writeString(config, "{}\n");
        check(
                port,
                "/usr/bin/prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port);
    }

    private void check(int port, String... command) throws Exception {
        Needs.orSkip(
                Files.isExecutable(Path.of(command[0])),
                command[0] + " is not installed (Debian: apt-get install prometheus prometheus-node-exporter)");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
            for (String accept : List.of("text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0"))
                compare(get(
                        client,
                        HttpRequest.newBuilder(uri).header("Accept", accept).build()));
        } finally {
            process.destroy();
        }
    }

    private static String get(HttpClient client, HttpRequest request) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true)
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200) return response.body();
            } catch (IOException e) {
                assertThat(System.nanoTime() - deadline).as(e.toString()).isNegative();
                LockSupport.parkNanos(50_000_000);
            }
    }

    @Test
    void pythonWithSeveralProcesses() throws Exception {
        PythonOracle.start().close();
        Path script = folder.resolve("worker.py");
        Files.writeString(script, """
                import os, sys
                os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
                from prometheus_client import Counter, Gauge, Histogram, CollectorRegistry, generate_latest
                from prometheus_client import multiprocess
                import prometheus_client.openmetrics.exposition as openmetrics
                c, g, h = Counter("c", "C.", ["l"]), Gauge("g", "G."), Histogram("h", "H.")
                for _ in range(2):
                    if os.fork() == 0:
                        c.labels("a b").inc(2); g.set(1.5); h.observe(0.3)
                        os._exit(0)
                    os.wait()
                registry = CollectorRegistry()
                multiprocess.MultiProcessCollector(registry)
                latest = openmetrics.generate_latest if sys.argv[2] == "o" else generate_latest
                sys.stdout.buffer.write(latest(registry))
                """);
        for (String format : List.of("t", "o")) {
            Path shared = Files.createDirectory(folder.resolve("shared-" + format));
            Process process = new ProcessBuilder(
                            "target/python-oracle/bin/python", script.toString(), shared.toString(), format)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            compare(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void pythonsOwnProcessAndPlatform() throws Exception {
        PythonOracle.start().close();
        for (String module : List.of("prometheus_client", "prometheus_client.openmetrics.exposition")) {
            Process process = new ProcessBuilder(
                            "target/python-oracle/bin/python",
                            "-c",
                            "import sys, prometheus_client; from %s import generate_latest as g; sys.stdout.buffer.write(g(prometheus_client.REGISTRY))"
                                    .formatted(module))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            compare(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void compare(String source) {
        assertThat(samples(source)).isNotEmpty();
        try (PageFixture page = new PageFixture().with("real", source)) {
            assertThat(page.page.sources().health().getFirst().complaints()).isZero();
            boolean openMetrics = source.stripTrailing().endsWith("# EOF");
            String same = openMetrics ? page.foreignOpenMetrics() : page.foreignText();
            assertThat(samples(same)).isEqualTo(samples(source));
            String other = openMetrics ? page.foreignText() : page.foreignOpenMetrics();
            assertThat(samples(other))
                    .isEqualTo(samples(source).stream()
                            .map(line -> line.replaceFirst(" # \\{.*", ""))
                            .sorted()
                            .toList());
            assertThat(ExpositionReport.of(same.getBytes(StandardCharsets.UTF_8))
                            .refusal())
                    .isEmpty();
        }
    }

    private static List<String> samples(String page) {
        return page.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .sorted()
                .toList();
    }
}
