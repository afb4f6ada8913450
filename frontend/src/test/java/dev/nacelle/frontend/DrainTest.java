package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DrainTest {
    private final FrontendFixture fixture;
    private final DrivenEngine engine;

    DrainTest() throws Exception {
        fixture = new FrontendFixture();
        engine = fixture.engine();
        fixture.whenReady();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private CompletableFuture<Boolean> drain(Duration budget) {
        var drained = CompletableFuture.supplyAsync(() -> fixture.frontend().drain(Deadline.in(budget)));
        while (fixture.health().isReady()) Thread.onSpinWait();
        return drained;
    }

    @Test
    void drainLetsResponsesEndAndTakesNothingNew() throws Exception {
        try (var client = fixture.raw()) {
            client.post("/v1/completions", completionBody("x", ",\"stream\":true"));
            var call = engine.take().say("a");
            client.until("\"text\":\"a\"");

            var drained = drain(Duration.ofSeconds(20));
            var refused = fixture.send(fixture.post("/v1/completions", completionBody("y", "")));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.headers().firstValue("Connection")).contains("close");
            assertThat(refused.body()).startsWith("{\"error\":{").contains("shuts down");
            assertThat(fixture.get("/health").statusCode()).isEqualTo(503);
            assertThat(drained).isNotDone();

            call.say("b").finish(FinishReason.STOP, new Usage(2, 2));
            assertThat(client.until("[DONE]")).contains("\"text\":\"b\"");
            assertThat(drained.get()).isTrue();
            assertThat(engine.isIdle()).isTrue();
        }
    }

    @Test
    void atTheDeadlineWhatIsLeftEndsWithATypedError() throws Exception {
        try (var stream = fixture.raw()) {
            stream.post("/v1/completions", completionBody("x", ",\"stream\":true"));
            var streaming = engine.take().say("a");
            stream.until("\"text\":\"a\"");
            var unary = fixture.client()
                    .sendAsync(fixture.post("/v1/completions", completionBody("y", "")), BodyHandlers.ofString());
            var waiting = engine.take();

            assertThat(drain(Duration.ofMillis(700)).get()).isFalse();
            assertThat(stream.until("}}\n\n"))
                    .contains("event: error\ndata: {\"error\":{")
                    .contains("\"code\":\"engine_shutdown\"");
            assertThat(unary.get().statusCode()).isEqualTo(503);
            assertThat(streaming.cancelled().get()).isEqualTo(CancelCause.SHUTDOWN);
            assertThat(waiting.cancelled().get()).isEqualTo(CancelCause.SHUTDOWN);
        }
    }

    @Test
    void closingWithoutADrainEndsStreamsToo() throws Exception {
        try (var stream = fixture.raw()) {
            stream.post("/v1/completions", completionBody("x", ",\"stream\":true"));
            var call = engine.take().say("a");
            stream.until("\"text\":\"a\"");
            fixture.frontend().close();
            assertThat(stream.untilClosed()).contains("event: error");
            assertThat(call.cancelled().get()).isEqualTo(CancelCause.SHUTDOWN);
            fixture.frontend().close();
        }
    }

    @Test
    void aWorkerThatIsGoneFirstIsNoUnknownModel() throws Exception {
        fixture.stop().make(Deadline.in(Duration.ofSeconds(20)));
        engine.close();
        var refused = fixture.send(fixture.post("/v1/completions", completionBody("y", "")));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void anIdleFrontendDrainsAtOnce() {
        assertThat(fixture.frontend().drain(Deadline.in(Duration.ofSeconds(20))))
                .isTrue();
    }

    @Test
    void aPortInUseIsNamed() {
        assertThatThrownBy(() -> new FrontendFixture("port=" + fixture.port()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("frontend.port")
                .hasMessageContaining("127.0.0.1:" + fixture.port())
                .hasMessageContaining("in use");
    }

    @Test
    void itSaysWhatItServesAndWhere() {
        var address = "http://127.0.0.1:" + fixture.port();
        assertThat(fixture.frontend().served())
                .containsExactly(
                        "OpenAI API at " + address,
                        "try: curl -N " + address + "/v1/completions -H 'content-type: application/json'"
                                + " -d '{\"model\": \"model\", \"prompt\": \"Once upon a time\","
                                + " \"max_tokens\": 64, \"stream\": true}'");
    }
}
