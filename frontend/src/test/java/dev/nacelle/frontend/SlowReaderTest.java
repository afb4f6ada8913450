package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlowReaderTest {
    private static final String STREAM = completionBody("x", ",\"stream\":true,\"max_tokens\":1000000");

    @Test
    void aQueueThatRunsOverCostsItsOwnStreamAlone() throws Exception {
        try (var fixture = new FrontendFixture("limits.stream_queue=8")) {
            var engine = fixture.engine(EngineConfig.of("model"));
            fixture.whenReady();
            try (var slow = fixture.raw();
                    var other = fixture.raw()) {
                slow.post("/v1/completions", STREAM);
                var first = engine.take();
                other.post("/v1/completions", STREAM);
                var second = engine.take();
                boolean taken = true;
                while (taken) taken = first.receiver().token('a');
                first.fail(new EngineError.Overloaded("not read fast enough", Duration.ofSeconds(1)));
                assertThat(slow.until("}}\n\n"))
                        .contains("\"text\":\"a\"")
                        .contains("event: error\ndata: {\"error\":{\"message\":\"not read fast enough\"");
                second.say("b").finish(FinishReason.STOP, new Usage(2, 1));
                assertThat(other.until("[DONE]")).contains("\"text\":\"b\"");
            }
        }
    }

    @Test
    void aReaderWhoPausesGetsEveryTokenInOrder() throws Exception {
        int count = 100_000; // some 18 MB of events: more than kernels buffer
        try (var fixture = new FrontendFixture("limits.stream_queue=64")) {
            var engine = fixture.engine(EngineConfig.of("model"));
            fixture.whenReady();
            try (var client = fixture.raw()) {
                client.post("/v1/completions", STREAM);
                var call = engine.take();
                var telling = Thread.ofVirtual().start(() -> tell(call, count));
                // Until every buffer on the way is full: a write was cut off, and goes on when there is room again.
                for (int looks = 0; looks < 1_000_000 && telling.isAlive(); looks++) {
                    if (call.receiver().isWritable()) looks = 0;
                    Thread.onSpinWait();
                }
                assertThat(telling.isAlive()).isTrue();
                var events = client.until("[DONE]")
                        .lines()
                        .filter(line -> line.startsWith("data: {"))
                        .iterator();
                for (int i = 0; i < count; i++)
                    assertThat(events.next()).as("event %d", i).contains("\"text\":\"" + (char) ('a' + i % 26) + "\"");
                telling.join();
            }
        }
    }

    private static void tell(DrivenEngine.Call call, int count) {
        try {
            for (int i = 0; i < count; i++) {
                call.receiver().awaitWritable();
                call.receiver().token('a' + i % 26);
            }
            call.finish(FinishReason.STOP, new Usage(2, count));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aReaderThatStopsReadingIsGivenUp() throws Exception {
        try (var fixture = new FrontendFixture("limits.idle_timeout=300ms", "limits.stream_queue=64")) {
            var engine = fixture.engine(EngineConfig.of("model"));
            fixture.whenReady();
            try (var client = fixture.raw()) {
                client.post("/v1/completions", STREAM);
                var call = engine.take();
                // Kernel buffers take some megabytes before a write waits for the reader.
                while (!call.cancelled().isDone()) {
                    call.receiver().awaitWritable();
                    call.say("a");
                }
                assertThat(call.cancelled().get()).isEqualTo(CancelCause.SLOW_READER);
                fixture.awaitMetric(
                        "dynamo_frontend_requests_total{endpoint=\"completions\",error_type=\"overload\",model=\"model\",request_type=\"stream\",status=\"error\"}",
                        1);
            }
        }
    }
}
