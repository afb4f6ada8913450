package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.metrics.Histogram;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real Prometheus scrapes the page, as OpenMetrics and, with native histograms, as protobuf. */
@Tag("long")
class PrometheusServerTest {
    private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void prometheusTakesEverySample(boolean nativeHistograms, @TempDir Path folder) throws Exception {
        Needs.orSkip(
                Files.isExecutable(PROMETHEUS), "prometheus is not installed (Debian: apt-get install prometheus)");
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        try (PageFixture page = new PageFixture();
                InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("frontend.prom"))) {
            Histogram own = Histogram.builder().name("own_seconds").register(page.registry);
            own.observe(0.5);
            page.with("dynamo", new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .with("more", """
                    # TYPE exact counter
                    exact{x="1"} 7
                    # TYPE broken histogram
                    broken_bucket{le="1"} 5
                    broken_bucket{le="2"} 3
                    broken_count 9
                    # TYPE "quoted.name" gauge
                    {"quoted.name"} 3
                    """);
            ServletContextHandler context = new ServletContextHandler();
            context.addServlet(new ServletHolder(page.page.servlet()), "/metrics");
            server.setHandler(context);
            server.start();
            long expected =
                    page.text().lines().filter(line -> !line.startsWith("#")).count();
            scrapeWithPrometheus(nativeHistograms, connector.getLocalPort(), folder, expected);
        } finally {
            server.stop();
            client.close();
        }
    }

    private void scrapeWithPrometheus(boolean nativeHistograms, int target, Path folder, long expected)
            throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path config = folder.resolve("prometheus.yml");
        Files.writeString(
                config,
                "scrape_configs:\n- job_name: page\n  scrape_interval: 500ms\n  scrape_timeout: 400ms\n  static_configs:\n  - targets: ['127.0.0.1:%d']\n"
                        .formatted(target));
        List<String> command = new ArrayList<>(List.of(
                PROMETHEUS.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port));
        if (nativeHistograms) command.add("--enable-feature=native-histograms");
        Process prometheus = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            await(port, "up{job=\"page\"} == 1");
            await(port, "exact{x=\"1\"} == 7");
            await(port, "broken_bucket{le=\"2\"} == 3");
            await(port, "quoted_name == 3");
            await(port, "dynamo_frontend_detokenize_total_us or dynamo_frontend_detokenize_token_count");
            if (nativeHistograms) await(port, "histogram_count(own_seconds) == 1");
            else await(port, "scrape_samples_scraped >= " + expected);
        } finally {
            prometheus.destroy();
        }
    }

    private void await(int port, String query) throws Exception {
        URI uri = URI.create(
                "http://127.0.0.1:" + port + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        String answer = "";
        while (System.nanoTime() - deadline < 0) {
            try {
                answer = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
                if (answer.contains("\"value\"")) return;
            } catch (java.io.IOException _) {
                // It is not up yet.
            }
            LockSupport.parkNanos(50_000_000);
        }
        assertThat(answer).as(query).contains("\"value\"");
    }
}
