package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Churn, cancellations and bad input for half an hour, or {@code soak.minutes}: heap and threads stay flat. */
@Tag("long")
class SoakTest {
    private static final int CLIENTS = 16;
    private static final int SAMPLES = 60;
    private static final long SLACK_BYTES = 4 << 20;

    private record Sample(long heapBytes, int threads) {}

    @Test
    void nothingGrowsUnderChurnCancellationsAndBadInput() throws Exception {
        var length = Duration.ofSeconds((long) (60 * Double.parseDouble(System.getProperty("soak.minutes", "30"))));
        var end = Deadline.in(length);
        var samples = new ArrayList<Sample>();
        try (var fixture = new FrontendFixture("limits.stream_queue=64", "admission.requests=12", "admission.queue=8");
                var engine = fixture.engine();
                var tasks = Executors.newVirtualThreadPerTaskExecutor();
                var clock = Executors.newSingleThreadScheduledExecutor()) {
            fixture.whenReady();
            var sampling = sample(clock, length, samples);
            var serving = tasks.submit(() -> serve(engine));
            try {
                for (var client : tasks.invokeAll(IntStream.range(0, CLIENTS)
                        .<Callable<Void>>mapToObj(seed -> () -> {
                            var random = new Random(seed);
                            while (!end.isOver()) ask(fixture, random);
                            return null;
                        })
                        .toList())) client.get();
            } finally {
                serving.cancel(true);
            }
            sampling.cancel(false);
            clock.shutdownNow();
            fixture.awaitMetric("dynamo_frontend_active_requests{model=\"model\"}", 0);
            assertThat(fixture.get("/metrics").body())
                    .doesNotContainPattern("requests_total\\{[^}]*error_type=\"internal\"[^}]*\\} [1-9]");
        }
        // The first fifth warms up: classes are loaded, buffers find their size.
        var steady = samples.subList(samples.size() / 5, samples.size());
        var early = steady.subList(0, steady.size() / 2);
        var late = steady.subList(steady.size() / 2, steady.size());
        assertThat(median(late, Sample::heapBytes))
                .as("heap after collections: %s", samples)
                .isLessThan(median(early, Sample::heapBytes) * 11 / 10 + SLACK_BYTES);
        assertThat(median(late, Sample::threads))
                .as("threads: %s", samples)
                .isLessThanOrEqualTo(median(early, Sample::threads) + 2);
    }

    private static Future<?> sample(ScheduledExecutorService clock, Duration length, List<Sample> samples) {
        var memory = ManagementFactory.getMemoryMXBean();
        var threads = ManagementFactory.getThreadMXBean();
        long period = length.toMillis() / SAMPLES;
        return clock.scheduleAtFixedRate(
                () -> {
                    memory.gc();
                    MemoryUsage heap = memory.getHeapMemoryUsage();
                    samples.add(new Sample(heap.getUsed(), threads.getThreadCount()));
                },
                period,
                period,
                TimeUnit.MILLISECONDS);
    }

    private static long median(List<Sample> samples, ToLongFunction<Sample> of) {
        return samples.stream()
                .mapToLong(of)
                .sorted()
                .skip(samples.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    private static Void serve(DrivenEngine engine) throws InterruptedException {
        var random = new Random(1);
        while (true) {
            var call = engine.take();
            switch (random.nextInt(4)) {
                // Only who reads a stream leaves by himself.
                case 0 -> {
                    call.say("x".repeat(random.nextInt(1, 60)));
                    if (!call.prompt().startsWith("s")) call.finish(FinishReason.STOP, new Usage(1, 1));
                }
                case 1 -> call.say("y").fail(new EngineError.StreamIncomplete("on purpose"));
                default -> call.say("some text").finish(FinishReason.STOP, new Usage(1, 9));
            }
        }
    }

    private static void ask(FrontendFixture fixture, Random random) throws IOException {
        boolean stream = random.nextBoolean();
        var body =
                completionBody((stream ? "s" : "u").repeat(random.nextInt(1, 200)), stream ? ",\"stream\":true" : "");
        int kind = random.nextInt(8);
        try (var client = fixture.raw()) {
            switch (kind) {
                case 0 -> client.post("/v1/completions", body).reset();
                case 1 -> client.post("/v1/completions", body).shutdownOutput();
                case 2 -> client.send(RawClient.head("/v1/completions", 5000) + body);
                case 3 ->
                    client.post("/v1/completions", body.substring(random.nextInt(body.length())))
                            .until("HTTP/1.1 ");
                case 4 -> client.send("\u0000\u0001 /v1 \r\n\r\n").untilClosed();
                case 5 -> client.post("/v1/" + random.nextInt(), body).until("404");
                default -> client.post("/v1/completions", body).until("HTTP/1.1 ");
            }
        } catch (IOException e) {
            throw new IOException("request of kind %d, body %s".formatted(kind, body), e);
        }
    }
}
