package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.config.SecretFile;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One source, whose clock the test moves: an interval is an hour, so that how long the test takes does not matter. */
class SourceTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final SourceSpec HOURLY =
            SourceSpec.named("one").paced(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(10));

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final BridgeMetrics metrics = new BridgeMetrics(registry, _ -> {});
    private final AtomicReference<Source.Reader> reader = new AtomicReference<>(_ -> bytes("a 1\n"));
    private final long start = System.nanoTime();
    private final Source source = source(HOURLY);

    private Source source(SourceSpec spec) {
        return new Source(spec, limits -> reader.get().read(limits), metrics.add(spec.name()), () -> {}, start);
    }

    @AfterEach
    void close() {
        source.close();
        metrics.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Lets a refresh that is due run to its end. */
    private static void refresh(Source source, long now) throws InterruptedException {
        source.wake(now);
        CountDownLatch attempt = source.attempt();
        source.tick(now);
        attempt.await();
    }

    @Test
    void aSourceThatHangsIsTriedAgainLaterAndLater() throws Exception {
        long now = start;
        for (long intervals : new long[] {2, 4, 8, 16, 32, 32, 32}) {
            CountDownLatch ended = new CountDownLatch(1);
            reader.set(_ -> {
                try {
                    new CountDownLatch(1).await();
                    return bytes("");
                } finally {
                    ended.countDown();
                }
            });
            source.tick(now);
            assertThat(source.tick(now + HOUR)).as("given up").isEqualTo(now + 2 * HOUR);
            ended.await();
            long before = System.nanoTime();
            long next = source.tick(before);
            while (next <= before + HOUR) next = source.tick(before); // its thread is about to end
            assertThat((next - start) / HOUR).isEqualTo(intervals);
            now = next;
        }
        reader.set(_ -> bytes("a 1\n"));
        source.tick(now);
        while (source.page().isEmpty()) Thread.onSpinWait();
        assertThat(source.health(now).lastError()).isEmpty();
        assertThat(source.tick(now + 1)).as("at its own pace again").isEqualTo(now + HOUR);
    }

    @Test
    void aSourceThatIsSilentForTooLongLosesItsPageAndItsAge() throws Exception {
        refresh(source, start);
        assertThat(source.page()).isPresent();
        reader.set(_ -> {
            throw new IOException("gone");
        });
        refresh(source, start);
        long good = System.nanoTime();
        source.expire(good + 9 * HOUR);
        assertThat(source.age(good + 9 * HOUR).orElseThrow()).isGreaterThanOrEqualTo(Duration.ofHours(9));
        assertThat(source.health(good).series()).isEqualTo(1);
        source.expire(good + 10 * HOUR);
        assertThat(source.page()).isEmpty();
        assertThat(source.age(good)).isEmpty();
        assertThat(source.health(good).lastError()).hasValue("java.io.IOException: gone");
    }

    @Test
    void textThatStaysTheSameIsNotOld() throws Exception {
        refresh(source, start);
        ForeignPage first = source.page().orElseThrow();
        long before = System.nanoTime();
        refresh(source, start);
        assertThat(source.page()).containsSame(first);
        assertThat(source.age(System.nanoTime()).orElseThrow())
                .isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - before));
    }

    @Test
    void eachKindOfFailureIsLoggedOnceUntilItAnswersAgain() throws Exception {
        Source limited = source(SourceSpec.named("two")
                .paced(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1))
                .limited(new SourceLimits(2, 1000, 10, 100)));
        try (LogOf log = new LogOf(Source.class)) {
            Source.Reader down = _ -> {
                throw new IOException("not up yet");
            };
            Source.Reader many = _ -> bytes("a 1\nb 1\nc 1\n");
            Source.Reader garbage = _ -> bytes("<html>\n");
            for (Source.Reader next : new Source.Reader[] {down, down, many, garbage, many, down}) {
                reader.set(next);
                refresh(limited, start);
            }
            assertThat(log.lines())
                    .containsExactly(
                            "metrics source 'two': java.io.IOException: not up yet",
                            "metrics source 'two': the text has 3 series, 2 are allowed (max_series); the source is left out",
                            "metrics source 'two': not an exposition: line 1: expected a metric's name: <html>");
            reader.set(_ -> bytes("a 1\n"));
            refresh(limited, start);
            reader.set(many);
            refresh(limited, start);
            assertThat(log.lines()).hasSize(4).last().asString().contains("3 series, 2 are allowed");
        } finally {
            limited.close();
        }
    }

    @Test
    void secretsAreInNoMessage(@TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "first\nhush2");
        URI uri = URI.create("http://me:hush1@127.0.0.1:1/metrics?key=hush3");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> new UrlReader(
                        uri, Map.of("Authorization", "Bearer hush4\n"), Optional.empty(), Duration.ofSeconds(1))))
                .hasMessageContaining("header 'Authorization'")
                .hasNoCause()
                .message()
                .doesNotContain("hush");
        try (UrlReader withToken =
                        new UrlReader(uri, Map.of(), Optional.of(new SecretFile(token)), Duration.ofSeconds(5));
                LogOf log = new LogOf(Source.class)) {
            reader.set(withToken);
            refresh(source, start);
            assertThat(source.health(start).lastError().orElseThrow())
                    .contains("expected a token on one line")
                    .doesNotContain("hush");
            assertThat(log.lines()).singleElement().asString().doesNotContain("hush");
        }
    }
}
