package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class DisconnectTest {
    private final FrontendFixture fixture;
    private final DrivenEngine engine;

    DisconnectTest() throws Exception {
        fixture = new FrontendFixture();
        engine = fixture.engine();
        fixture.whenReady();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({"stream, fin", "stream, rst", "unary, fin", "unary, rst"})
    void theEngineIsToldThatAWaitingHttp1ClientLeft(String type, String how) throws Exception {
        DrivenEngine.Call call;
        try (var client = fixture.raw()) {
            client.post("/v1/completions", completionBody("x", type.equals("stream") ? ",\"stream\":true" : ""));
            call = engine.take();
            if (how.equals("rst")) client.reset();
        }
        assertThat(call.cancelled().get()).isEqualTo(CancelCause.CLIENT_GONE);
        fixture.awaitMetric("dynamo_frontend_disconnected_clients", 1);
        fixture.awaitMetric(
                "dynamo_frontend_model_cancellation_total{endpoint=\"completions\",model=\"model\",request_type=\"%s\"}"
                        .formatted(type),
                1);
        fixture.awaitMetric("dynamo_frontend_active_requests{model=\"model\"}", 0);
    }

    @Test
    void theEngineIsToldThatAClientLeftInTheMiddleOfAStream() throws Exception {
        DrivenEngine.Call call;
        try (var client = fixture.raw()) {
            client.post("/v1/completions", completionBody("x", ",\"stream\":true"));
            call = engine.take().say("ab");
            client.until("\"text\":\"b\"");
        }
        while (!call.cancelled().isDone()) {
            call.receiver().awaitWritable();
            call.say("c");
        }
        assertThat(call.cancelled().get()).isEqualTo(CancelCause.CLIENT_GONE);
    }

    @Test
    void theEngineIsToldThatAClientOfASilentStreamLeft() throws Exception {
        DrivenEngine.Call call;
        try (var client = fixture.raw()) {
            client.post("/v1/completions", completionBody("x", ",\"stream\":true"));
            call = engine.take().say("ab");
            client.until("\"text\":\"b\"");
        }
        assertThat(call.cancelled().get()).isEqualTo(CancelCause.CLIENT_GONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theEngineIsToldThatAnHttp2ClientLeft(boolean stream) throws Exception {
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            client.send(fixture.request("/v1/models").build(), BodyHandlers.ofString());
            var answer = client.sendAsync(
                    fixture.post("/v1/completions", completionBody("x", stream ? ",\"stream\":true" : "")),
                    BodyHandlers.ofString());
            var call = engine.take();
            if (stream) call.say("a");
            answer.cancel(true);
            assertThat(call.cancelled().get()).isEqualTo(CancelCause.CLIENT_GONE);
            fixture.awaitMetric("dynamo_frontend_disconnected_clients", 1);
            // The connection and its other requests live on.
            var next =
                    client.sendAsync(fixture.post("/v1/completions", completionBody("y", "")), BodyHandlers.ofString());
            engine.take().finish(FinishReason.STOP, new Usage(2, 0));
            assertThat(next.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theEngineIsToldThatAnHttp2ConnectionWasClosed() throws Exception {
        DrivenEngine.Call call;
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            client.send(fixture.request("/v1/models").build(), BodyHandlers.ofString());
            var _ = client.sendAsync(fixture.post("/v1/completions", completionBody("x", "")), BodyHandlers.ofString());
            call = engine.take();
            client.shutdownNow();
        }
        assertThat(call.cancelled().get()).isEqualTo(CancelCause.CLIENT_GONE);
    }

    @Test
    void aStreamGoesOnForAClientThatClosedItsSendingHalf() throws Exception {
        try (var client = fixture.raw()) {
            client.post("/v1/completions", completionBody("x", ",\"stream\":true"));
            var call = engine.take();
            client.shutdownOutput();
            client.until(": waiting\n\n");
            client.forget().until(": waiting\n\n");
            call.say("a");
            client.until("\"text\":\"a\"");
            call.finish(FinishReason.STOP, new Usage(2, 1));
            client.until("[DONE]");
            assertThat(call.cancelled()).isNotDone();
        }
    }

    @Test
    void aRequestThatWaitsBehindAnotherIsNoSignOfLife() throws Exception {
        try (var client = fixture.raw()) {
            client.post("/v1/completions", completionBody("1", "")).post("/v1/completions", completionBody("2", ""));
            var first = engine.take();
            first.say("a").finish(FinishReason.STOP, new Usage(2, 1));
            client.until("\"text\":\"a\"");
            var second = engine.take();
            assertThat(second.prompt()).isEqualTo("2");
            second.say("b").finish(FinishReason.STOP, new Usage(2, 1));
            client.until("\"text\":\"b\"");
        }
    }
}
