package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.metrics.Gauge;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Two real Prometheus servers that scrape what becomes of a foreign page, as text, as OpenMetrics and as protobuf with
 * native histograms; and promtool. Safe from any thread; one page at a time.
 */
final class PrometheusOracle implements AutoCloseable {
    private static final Pattern LINE_FEED = Pattern.compile("\n");
    /** Also how long a scrape may take, on a busy machine too. */
    private static final Duration INTERVAL = Duration.ofMillis(300);

    private final PageFixture page = new PageFixture();
    private final Gauge number = Gauge.builder().name("page_number").register(page.registry);
    private final Server server = new Server();
    private final PrometheusServer classic;
    private final PrometheusServer withNatives;

    /** Starts them, or skips the test, saying why. */
    PrometheusOracle(Path folder) throws Exception {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(page.page.servlet()), "/metrics");
        context.addServlet(new ServletHolder(new TextServlet(page)), "/text");
        server.setHandler(context);
        server.start();
        int port = connector.getLocalPort();
        String openMetrics = PrometheusServer.job("openmetrics", port, "/metrics", INTERVAL);
        String text = PrometheusServer.job("text", port, "/text", INTERVAL);
        classic = PrometheusServer.start(folder.resolve("classic"), openMetrics + text, false);
        withNatives = PrometheusServer.start(
                folder.resolve("natives"), PrometheusServer.job("protobuf", port, "/metrics", INTERVAL), true);
    }

    /**
     * Fails unless Prometheus takes the page in every format, and every sample of it in the text formats.
     *
     * @param id of the page, for the message and to know when it was scraped
     */
    synchronized void read(int id, byte[] exposition) throws Exception {
        String source = "page" + id;
        String text = new String(exposition, StandardCharsets.UTF_8);
        try (var _ = page.page.sources().add(SourceSpec.named(source), () -> text)) {
            number.set(id);
            page.text(); // sources are asked while somebody scrapes
            while (!isRead(source)) LockSupport.parkNanos(1_000_000);
            lint(page.text());
            for (String job : List.of("openmetrics", "text")) {
                classic.await(() -> taken(job, id));
                classic.await(() -> "scrape_samples_scraped{job=\"%s\"} == %d".formatted(job, samples(job)));
            }
            withNatives.await(() -> taken("protobuf", id));
        } catch (AssertionError e) {
            throw new AssertionError("page %d:%n%s%nserved as%n%s".formatted(id, text, page.openMetrics()), e);
        }
    }

    private static String taken(String job, int id) {
        return "page_number{job=\"%s\"} == %d and up{job=\"%s\"} == 1".formatted(job, id, job);
    }

    private boolean isRead(String source) {
        return page.page.sources().health().stream()
                .anyMatch(health -> health.name().equals(source)
                        && (health.age().isPresent() || health.lastError().isPresent()));
    }

    private long samples(String job) {
        String served = job.equals("text") ? page.text() : page.openMetrics();
        // Not by lines(): a carriage return may stand in a label.
        return LINE_FEED
                .splitAsStream(served)
                .filter(line -> !line.startsWith("#"))
                .count();
    }

    private static void lint(String text) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (OutputStream to = process.getOutputStream()) {
            to.write(text.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // 3 is what it says of names and helps that it would rather see otherwise.
        assertThat(process.waitFor()).as(said).isIn(0, 3);
    }

    @Override
    public void close() {
        classic.close();
        withNatives.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the page's server did not stop", e);
        }
        page.close();
    }

    /** Text 0.0.4, whatever is asked for: this Prometheus always asks for OpenMetrics first. */
    private static final class TextServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient PageFixture page;

        TextServlet(PageFixture page) {
            this.page = page;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain; version=0.0.4; charset=utf-8");
            response.getOutputStream().write(page.text().getBytes(StandardCharsets.UTF_8));
        }
    }
}
