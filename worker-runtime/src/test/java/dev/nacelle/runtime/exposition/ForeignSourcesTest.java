package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.runtime.config.ByteSize;
import dev.nacelle.runtime.config.SecretFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignSourcesTest {
    private static final Duration QUICK = Duration.ofMillis(5);

    private final PageFixture page = new PageFixture();

    @AfterEach
    void close() {
        page.close();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("time until the condition holds")
                    .isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static SourceSpec quick(String name) {
        return SourceSpec.named(name).paced(QUICK, Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    @Test
    void aHangHoldsOneThreadAndCostsNobodyElse() {
        CountDownLatch hang = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        page.page.sources().add(SourceSpec.named("hanging").paced(QUICK, QUICK, Duration.ofSeconds(60)), () -> {
            calls.incrementAndGet();
            boolean interrupted = true;
            while (interrupted)
                try {
                    hang.await();
                    interrupted = false;
                } catch (InterruptedException _) {
                    // A source that does not care.
                }
            return "late 1\n";
        });
        AtomicInteger good = new AtomicInteger();
        page.page.sources().add(quick("good"), () -> "good " + good.incrementAndGet() + "\n");
        String failures = "nacelle_expfmt_callback_failures_total{reason=\"timeout\",source=\"hanging\"}";
        await(() -> page.value(failures).equals("1.0"));
        int before = good.get();
        await(() -> good.get() > before + 3);
        assertThat(calls).hasValue(1);
        assertThat(page.foreignText()).contains("good ").doesNotContain("late");
        assertThat(page.page.sources().health().getFirst().lastError()).hasValue("no answer within 5 ms");
        hang.countDown();
        // What comes too late is thrown away; then the source is asked again, and answers in time.
        await(() -> page.foreignText().contains("late 1\n"));
        assertThat(calls.get()).isGreaterThan(1);
        assertThat(page.page.sources().health().getFirst().lastError()).isEmpty();
    }

    @Test
    void theLastGoodTextIsServedUntilItIsTooOld() {
        AtomicReference<String> text = new AtomicReference<>("a 1\n");
        page.page
                .sources()
                .add(SourceSpec.named("one").paced(QUICK, Duration.ofSeconds(10), Duration.ofMillis(300)), () -> {
                    if (text.get().isEmpty()) throw new IOException("gone");
                    return text.get();
                });
        await(() -> page.foreignText().contains("a 1\n"));
        text.set("a 2\n");
        await(() -> page.foreignText().contains("a 2\n"));
        text.set("");
        String failures = "nacelle_expfmt_callback_failures_total{reason=\"exception\",source=\"one\"}";
        await(() -> !page.value(failures).equals("0.0"));
        await(() -> !page.foreignText().contains("a 2\n"));
        assertThat(page.text()).doesNotContain("nacelle_expfmt_age_seconds");
        text.set("a 3\n");
        await(() -> page.foreignText().contains("a 3\n"));
        assertThat(page.text()).contains("nacelle_expfmt_age_seconds{source=\"one\"}");
    }

    @Test
    void aSourceOverItsLimitIsLeftOutWhole() {
        AtomicReference<String> text = new AtomicReference<>("a 1\n");
        page.page.sources().add(quick("one").limited(new SourceLimits(2, 1000, 10, 100)), text::get);
        await(() -> page.foreignText().contains("a 1\n"));
        text.set("a 1\nb 1\nc 1\n");
        await(() -> page.foreignText().isEmpty());
        assertThat(page.page.sources().health().getFirst().lastError().orElseThrow())
                .contains("3 series, 2 are allowed");
    }

    @Test
    void anErrorOfACallbackEndsOnlyThatRefresh() {
        AtomicInteger calls = new AtomicInteger();
        page.page.sources().add(quick("one"), () -> {
            if (calls.incrementAndGet() < 3) throw new StackOverflowError();
            return "a 1\n";
        });
        await(() -> page.foreignText().contains("a 1\n"));
    }

    private static MetricsSourceConfig config(Optional<String> url, Optional<Path> file) {
        return config(url, file, Optional.empty());
    }

    private static MetricsSourceConfig config(Optional<String> url, Optional<Path> file, Optional<SecretFile> token) {
        return new MetricsSourceConfig(
                "configured",
                url,
                file,
                QUICK,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Map.of("X-Key", "k"),
                token,
                List.of(),
                List.of("b"),
                Map.of("site", "x"),
                true,
                100,
                new ByteSize(10_000));
    }

    @Test
    void readsAFileThatAJobWrites(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("job.prom");
        page.page.sources().add(config(Optional.empty(), Optional.of(file)), Map.of("dynamo_namespace", "n"));
        assertThat(page.foreignText()).isEmpty();
        assertThat(page.page.sources().health().getFirst().lastError().orElseThrow())
                .contains("is not a file");
        Files.writeString(file, "a 1\nb 2\n");
        await(() -> page.foreignText().equals("# TYPE a untyped\na{dynamo_namespace=\"n\",site=\"x\"} 1\n"));
    }

    @Test
    void scrapesAnotherPage() throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        try (PageFixture other =
                new PageFixture().with("inner", "# TYPE a_total counter\na_total{x=\"y\"} 1 # {t=\"1\"} 2\n")) {
            ServletContextHandler context = new ServletContextHandler();
            context.addServlet(new ServletHolder(other.page.servlet()), "/metrics");
            server.setHandler(context);
            server.start();
            String url = "http://127.0.0.1:" + connector.getLocalPort() + "/metrics";
            ForeignSources.Registration source =
                    page.page.sources().add(config(Optional.of(url), Optional.empty()), Map.of());
            // The other page's own families have the names of ours, and are merged.
            await(() -> page.openMetrics().contains("a_total{x=\"y\",site=\"x\"} 1 # {t=\"1\"} 2\n"));
            source.close();
            assertThat(page.foreignText()).isEmpty();
        } finally {
            server.stop();
        }
    }

    @Test
    void aTokenIsReadForEachRequestAndGoesNowhereElse(@TempDir Path folder) throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        com.sun.net.httpserver.HttpServer server =
                com.sun.net.httpserver.HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            seen.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(path.equals("/moved") ? 302 : 200, -1);
            exchange.close();
        });
        server.start();
        try {
            Path token = Files.writeString(folder.resolve("token"), "first\n");
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            var secret = Optional.of(new SecretFile(token));
            try (var _ =
                    page.page.sources().add(config(Optional.of(url + "/page"), Optional.empty(), secret), Map.of())) {
                await(() -> page.foreignText().isEmpty() && seen.contains("/page Bearer first"));
                Files.writeString(token, "second");
                await(() -> page.foreignText().isEmpty() && seen.contains("/page Bearer second"));
            }
            page.page.sources().add(config(Optional.of(url + "/moved"), Optional.empty(), secret), Map.of());
            await(() -> page.page
                    .sources()
                    .health()
                    .getFirst()
                    .lastError()
                    .orElse(page.foreignText())
                    .contains("answered 302"));
            assertThat(seen).noneMatch(request -> request.startsWith("/elsewhere"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aCompressedAnswerIsMeasuredAsItUnfolds() throws Exception {
        com.sun.net.httpserver.HttpServer server =
                com.sun.net.httpserver.HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, 0);
            try (GZIPOutputStream out = new GZIPOutputStream(exchange.getResponseBody())) {
                byte[] line = "#########\n".getBytes(StandardCharsets.UTF_8);
                for (int i = 0; i < 100_000; i++) out.write(line);
            }
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
            page.page.sources().add(config(Optional.of(url), Optional.empty()), Map.of());
            await(() -> {
                page.text();
                return page.page
                        .sources()
                        .health()
                        .getFirst()
                        .lastError()
                        .orElse("")
                        .contains("10000 are allowed");
            });
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aConfiguredSourceHasEitherUrlOrFile() {
        assertThatThrownBy(() -> config(
                        Optional.empty(), Optional.of(Path.of("y")), Optional.of(new SecretFile(Path.of("token")))))
                .hasMessageContaining("bearer_token_file and no url");
        assertThatThrownBy(() -> config(Optional.empty(), Optional.empty()))
                .hasMessageContaining("neither url nor file");
        assertThatThrownBy(() -> config(Optional.of("http://x"), Optional.of(Path.of("y"))))
                .hasMessageContaining("both");
        assertThatThrownBy(() -> page.page.sources().add(config(Optional.of("ftp://x"), Optional.empty()), Map.of()))
                .hasMessageContaining("expected http:// or https://");
    }
}
