package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.metrics.Histogram;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScrapeServletTest {
    private static final String PROTOBUF =
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
    /** What a Prometheus 3 sends. */
    private static final String PROMETHEUS_3 =
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    private final PageFixture page = new PageFixture();
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(page.page.servlet()), "/metrics");
        server.setHandler(context);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.stop();
        page.close();
    }

    private HttpResponse<byte[]> get(String query, String method, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/metrics" + query))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) request.headers(headers);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void answersInTheFormatAskedFor() throws Exception {
        page.with("one", "# TYPE a_total counter\na_total 1\n");
        HttpResponse<byte[]> plain = get("", "GET");
        assertThat(plain.headers().firstValue("Content-Type"))
                .hasValue("text/plain; version=0.0.4; charset=utf-8; escaping=underscores");
        assertThat(text(plain)).contains("# TYPE a_total counter\na_total 1\n").doesNotContain("# EOF");
        HttpResponse<byte[]> openMetrics =
                get("", "GET", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        assertThat(openMetrics.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/openmetrics-text");
        assertThat(text(openMetrics)).contains("# TYPE a counter\na_total 1\n").endsWith("# EOF\n");
        HttpResponse<byte[]> protobuf = get("", "GET", "Accept", PROTOBUF);
        assertThat(protobuf.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/vnd.google.protobuf");
        assertThat(text(protobuf)).contains("a_total");
    }

    @Test
    void quotesNamesOnlyForThoseWhoAskForThem() throws Exception {
        page.with("one", "# TYPE \"my.metric\" gauge\n{\"my.metric\",\"a.b\"=\"1\"} 1\n");
        assertThat(text(get("", "GET", "Accept", PROMETHEUS_3))).contains("{\"my.metric\",\"a.b\"=\"1\"} 1\n");
        assertThat(text(get("", "GET", "Accept", "text/plain;version=0.0.4"))).contains("my_metric{a_b=\"1\"} 1\n");
        assertThat(text(get("", "GET", "Accept", "text/plain;version=1.0.0;escaping=dots")))
                .contains("my_dot_metric{a_dot_b=\"1\"} 1\n");
    }

    @Test
    void compressesWhenAsked() throws Exception {
        page.with("one", "a{x=\"1\"} 1\n");
        HttpResponse<byte[]> response = get("", "GET", "Accept-Encoding", "gzip");
        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("a{x=\"1\"} 1\n");
        }
        assertThat(get("", "GET", "Accept-Encoding", "gzip;q=0").headers().firstValue("Content-Encoding"))
                .isEmpty();
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        page.with("one", "a 1\n");
        HttpResponse<byte[]> response = get("", "HEAD");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValueAsLong("Content-Length").orElseThrow())
                .isPositive();
        assertThat(get("", "HEAD", "Accept", PROTOBUF).statusCode()).isEqualTo(200);
    }

    @Test
    void filtersByName() throws Exception {
        page.with("one", "# TYPE a_total counter\na_total 1\nb 1\nc 1\n");
        assertThat(text(get("?name%5B%5D=a_total&name%5B%5D=c", "GET"))).isEqualTo("""
                # TYPE a_total counter
                a_total 1
                # TYPE c untyped
                c 1
                """);
        assertThat(text(get("?name%5B%5D=a_total", "GET", "Accept", PROTOBUF)))
                .contains("a_total")
                .doesNotContain("nacelle");
    }

    @Test
    void aFilteredPageIsCompressedAndItsHeadIsThatOfGet() throws Exception {
        StringBuilder text = new StringBuilder("b 1\n");
        for (int i = 0; i < 200; i++) text.append("a{i=\"").append(i).append("\"} 1\n");
        page.with("one", text.toString());
        String query = "?name%5B%5D=a";
        HttpResponse<byte[]> plain = get(query, "GET");
        assertThat(text(plain)).startsWith("# TYPE a untyped\na{i=\"0\"} 1\n").doesNotContain("b 1", "nacelle");
        HttpResponse<byte[]> compressed = get(query, "GET", "Accept-Encoding", "gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
            assertThat(in.readAllBytes()).isEqualTo(plain.body());
        }
        HttpResponse<byte[]> head = get(query, "HEAD");
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(plain.body().length);
        assertThat(head.headers().firstValue("Content-Type"))
                .isEqualTo(plain.headers().firstValue("Content-Type"));
        HttpResponse<byte[]> both = get(query, "HEAD", "Accept-Encoding", "gzip");
        assertThat(both.body()).isEmpty();
        assertThat(both.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(get("?name%5B%5D=none", "GET").body()).isEmpty();
        assertThat(text(get("?name%5B%5D=none", "GET", "Accept", "application/openmetrics-text;version=1.0.0")))
                .isEqualTo("# EOF\n");
    }

    @Test
    void protobufIsEscapedAsItsOwnRangeAsks() throws Exception {
        page.with("one", "# TYPE \"my.metric\" gauge\n{\"my.metric\"} 1\n");
        for (String rest : List.of("", ",text/plain;version=1.0.0;escaping=allow-utf-8", ";escaping=none-of-these")) {
            HttpResponse<byte[]> escaped = get("", "GET", "Accept", PROTOBUF + rest);
            assertThat(escaped.statusCode()).as(rest).isEqualTo(200);
            assertThat(text(escaped)).as(rest).contains("my_metric").doesNotContain("my.metric");
        }
        for (String rest : List.of(";escaping=allow-utf-8", ";escaping=allow-utf-8,text/plain;version=0.0.4")) {
            HttpResponse<byte[]> asIs = get("", "GET", "Accept", PROTOBUF + rest);
            assertThat(asIs.statusCode()).as(rest).isEqualTo(200);
            assertThat(asIs.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/vnd.google.protobuf");
            assertThat(text(asIs)).as(rest).contains("my.metric");
        }
    }

    @Test
    void protobufCarriesNativeHistogramsAndForeignFamilies() throws Exception {
        Histogram.builder()
                .name("own_seconds")
                .help("Ours.")
                .register(page.registry)
                .observe(0.5);
        page.with("one", """
                # TYPE h histogram
                h_bucket{le="1"} 1
                h_bucket{le="+Inf"} 2
                h_count 2
                h_sum 3
                # TYPE exact counter
                exact 7
                # TYPE info_info gauge
                info_info{v="1"} 1
                """);
        assertThat(text(get("", "GET", "Accept", PROTOBUF)))
                .contains("own_seconds", "h", "exact", "info_info")
                .doesNotContain("exact_total");
    }

    /** Two scrapers, each as fast as it can, while a request ends on every core: no page shows a half of an observation. */
    @Test
    void everySeriesIsConsistentInItselfWhileItIsWrittenTo() throws Exception {
        Histogram histogram = Histogram.builder()
                .name("taken_seconds")
                .labelNames("model")
                .classicOnly()
                .classicUpperBounds(0.5, 1)
                .register(page.registry);
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++)
                threads.execute(() -> {
                    while (!over.get()) histogram.labelValues("m").observe(1);
                });
            List<Future<Long>> scrapers = Stream.of(
                            "text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0")
                    .map(accept -> threads.submit(() -> lastOfConsistent(200, accept)))
                    .toList();
            try {
                for (Future<Long> last : scrapers) assertThat(last.get()).isPositive();
            } finally {
                over.set(true);
            }
        }
    }

    private long lastOfConsistent(int scrapes, String accept) throws Exception {
        long last = 0;
        for (int i = 0; i < scrapes; i++) {
            String text = text(get("", "GET", "Accept", accept));
            if (!text.contains("taken_seconds_count")) continue; // nothing was observed yet
            long count = sample(text, "taken_seconds_count{model=\"m\"} ");
            assertThat(count).as(text).isGreaterThanOrEqualTo(last);
            // Each observation is of one second, and so within the second bucket.
            assertThat(sample(text, "taken_seconds_sum{model=\"m\"} ")).as(text).isEqualTo(count);
            assertThat(sample(text, "taken_seconds_bucket{model=\"m\",le=\"0.5\"} "))
                    .as(text)
                    .isZero();
            assertThat(sample(text, "taken_seconds_bucket{model=\"m\",le=\"1.0\"} "))
                    .as(text)
                    .isEqualTo(count);
            assertThat(sample(text, "taken_seconds_bucket{model=\"m\",le=\"+Inf\"} "))
                    .as(text)
                    .isEqualTo(count);
            last = count;
        }
        return last;
    }

    private static long sample(String page, String series) {
        return page.lines()
                .filter(line -> line.startsWith(series))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + "is missing in " + page));
    }
}
