package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.core.metrics.Histogram;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void prometheusTakesEverySample(boolean nativeHistograms, @TempDir Path folder) throws Exception {
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
        }
    }

    private static void scrapeWithPrometheus(boolean nativeHistograms, int target, Path folder, long expected)
            throws Exception {
        String job = PrometheusServer.job("page", target, "/metrics", Duration.ofMillis(500));
        try (PrometheusServer prometheus = PrometheusServer.start(folder, job, nativeHistograms)) {
            for (String query : List.of(
                    "up{job=\"page\"} == 1",
                    "exact{x=\"1\"} == 7",
                    "broken_bucket{le=\"2\"} == 3",
                    "quoted_name == 3",
                    "dynamo_frontend_detokenize_total_us or dynamo_frontend_detokenize_token_count",
                    nativeHistograms ? "histogram_count(own_seconds) == 1" : "scrape_samples_scraped >= " + expected))
                prometheus.await(() -> query);
        }
    }
}
