package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many requests that end in every way, at once: nothing of them is left. */
@Timeout(60)
class ChurnTest {
    private static final int CLIENTS = 12;
    private static final int REQUESTS = 25;

    @Test
    void nothingIsLeftOfRequestsHoweverTheyEnd() throws Exception {
        try (var fixture = new FrontendFixture("limits.stream_queue=16", "waiting_comment_interval=100ms");
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var engine = fixture.engine(EngineConfig.of("model"));
            fixture.whenReady();
            var serving = tasks.submit(() -> serve(engine, CLIENTS * REQUESTS));
            var clients = tasks.invokeAll(IntStream.range(0, CLIENTS)
                    .<Callable<Void>>mapToObj(seed -> () -> {
                        var random = new Random(seed);
                        for (int i = 0; i < REQUESTS; i++) ask(fixture, random);
                        return null;
                    })
                    .toList());
            for (var client : clients) client.get();
            serving.get();
            fixture.awaitMetric("dynamo_frontend_active_requests{model=\"model\"}", 0);
            fixture.awaitMetric("dynamo_frontend_queued_requests{model=\"model\"}", 0);
            assertThat(fixture.get("/health").body()).contains("\"requests\":0");
            double ended = fixture.get("/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("dynamo_frontend_requests_total{") && line.contains("\"model\""))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
            assertThat(ended).isEqualTo(CLIENTS * REQUESTS);
        }
    }

    /** Answers some, fails some, floods some, and leaves the rest to be cancelled by clients that leave. */
    private static Void serve(DrivenEngine engine, int count) throws InterruptedException {
        var random = new Random(7);
        for (int i = 0; i < count; i++) {
            var call = engine.take();
            switch (random.nextInt(4)) {
                case 0 -> call.say("some text").finish(FinishReason.STOP, new Usage(1, 9));
                case 1 -> call.say("some").fail(new EngineError.Unknown("on purpose"));
                case 2 -> call.say("x".repeat(1000)).finish(FinishReason.LENGTH, new Usage(1, 1000));
                default -> call.finish(FinishReason.STOP, new Usage(1, 0));
            }
        }
        return null;
    }

    private static void ask(FrontendFixture fixture, Random random) throws IOException {
        boolean stream = random.nextBoolean();
        try (var client = fixture.raw()) {
            client.post("/v1/completions", completionBody("x", stream ? ",\"stream\":true" : ""));
            switch (random.nextInt(4)) {
                case 0 -> {
                    client.until("HTTP/1.1 ");
                    client.reset();
                }
                case 1 -> client.shutdownOutput(); // and off
                case 2 -> client.until("HTTP/1.1 ");
                default -> client.until(stream ? "}\n\n" : "}");
            }
        }
    }
}
