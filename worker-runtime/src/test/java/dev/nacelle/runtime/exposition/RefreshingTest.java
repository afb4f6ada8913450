package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.nacelle.runtime.config.ByteSize;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When sources are read, and what a scrape waits for. */
class RefreshingTest {
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

    private static MetricsSourceConfig config(Optional<String> url, Optional<Path> file, Duration timeout) {
        return new MetricsSourceConfig(
                "configured",
                url,
                file,
                QUICK,
                timeout,
                Duration.ofMinutes(10),
                Map.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                Map.of(),
                false,
                100,
                new ByteSize(1000));
    }

    @Test
    void theFirstScrapeWaitsForASecondAtMostAndNoOtherDoes() {
        CountDownLatch hang = new CountDownLatch(1);
        page.page
                .sources()
                .add(SourceSpec.named("slow").paced(QUICK, Duration.ofMinutes(1), Duration.ofMinutes(1)), () -> {
                    hang.await();
                    return "slow 1\n";
                });
        page.with("good", "good 1\n");
        long start = System.nanoTime();
        String first = page.foreignText();
        long took = System.nanoTime() - start;
        assertThat(first).contains("good 1\n").doesNotContain("slow");
        assertThat(Duration.ofNanos(took)).isBetween(ForeignSources.FIRST_WAIT, Duration.ofSeconds(30));
        // One of these is not held up by anything else on the machine.
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            start = System.nanoTime();
            assertThat(page.foreignText()).isEqualTo(first);
            least = Math.min(least, System.nanoTime() - start);
        }
        assertThat(Duration.ofNanos(least)).isLessThan(ForeignSources.FIRST_WAIT);
        hang.countDown();
        await(() -> page.foreignText().contains("slow 1\n"));
    }

    @Test
    void nobodyIsAskedBeforeTheFirstScrapeAndAfterTheLast() {
        assertThat(ForeignSources.IDLE).isEqualTo(Duration.ofMinutes(2));
        PrometheusRegistry registry = new PrometheusRegistry();
        BridgeMetrics metrics = new BridgeMetrics(registry, _ -> {});
        AtomicInteger calls = new AtomicInteger();
        AtomicLong lastCall = new AtomicLong(System.nanoTime());
        try (ForeignSources sources = new ForeignSources(metrics, Duration.ofMillis(100))) {
            sources.add(SourceSpec.named("one").paced(QUICK, Duration.ofSeconds(10), Duration.ofMinutes(1)), () -> {
                lastCall.set(System.nanoTime());
                return "a " + calls.incrementAndGet() + "\n";
            });
            await(() -> System.nanoTime() - lastCall.get() > 50_000_000);
            assertThat(calls).hasValue(0);
            sources.scraped();
            assertThat(sources.pages()).hasSize(1);
            await(() -> calls.get() > 3);
            await(() -> System.nanoTime() - lastCall.get() > 300_000_000);
            int asked = calls.get();
            // The first scrape after the pause waits for what the source says now.
            sources.scraped();
            assertThat(calls.get()).isGreaterThan(asked);
            assertThat(new String(sources.pages().getFirst().text(), StandardCharsets.UTF_8))
                    .isNotEqualTo("a " + asked + "\n");
        } finally {
            metrics.close();
        }
    }

    @Test
    void aFileIsReadAnewWhenItIsReplacedAndServedStillWhenItIsGone(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("job.prom"), "a 1\n");
        page.page.sources().add(config(Optional.empty(), Optional.of(file), Duration.ofSeconds(10)), Map.of());
        await(() -> page.foreignText().contains("a 1\n"));
        Path next = Files.writeString(folder.resolve("job.prom.new"), "a 2\n");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        await(() -> page.foreignText().contains("a 2\n"));
        Files.delete(file);
        await(() -> page.page.sources().health().getFirst().lastError().isPresent());
        assertThat(page.foreignText()).contains("a 2\n");
        Files.writeString(file, "#".repeat(1001));
        await(() -> page.foreignText().isEmpty());
        Files.writeString(file, "a 3\n");
        await(() -> page.foreignText().contains("a 3\n"));
    }

    @Test
    void aPageThatStopsInTheMiddleIsGivenUpAndAskedForAgain() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            int request = requests.incrementAndGet();
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("a 1\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            try {
                if (request == 1) end.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
            page.page.sources().add(config(Optional.of(url), Optional.empty(), Duration.ofSeconds(2)), Map.of());
            page.text();
            await(() -> page.page.sources().health().getFirst().lastError().isPresent());
            assertThat(page.page.sources().health().getFirst().lastError().orElseThrow())
                    .containsAnyOf("no answer within 2000 ms", "timed out");
            assertThat(page.foreignText()).isEmpty();
            // The thread that read it has ended, as there is only one.
            await(() -> page.foreignText().contains("a 1\n"));
            assertThat(requests.get()).isGreaterThan(1);
        } finally {
            end.countDown();
            server.stop(0);
            threads.shutdown();
        }
    }
}
