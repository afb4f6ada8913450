package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens to the request that is one too many. */
@Timeout(60)
class OverloadTest {
    private static final String ACTIVE = "dynamo_frontend_active_requests{model=\"model\"}";

    @Test
    void whoeverFindsNoPlaceWaitsAndIsServedInTurn() throws Exception {
        try (var fixture = new FrontendFixture("admission.requests=1");
                var engine = fixture.engine();
                var first = fixture.raw();
                var second = fixture.raw();
                var third = fixture.raw()) {
            fixture.whenReady();
            first.post("/v1/completions", completionBody("a", ""));
            var call = engine.take();
            second.post("/v1/completions", completionBody("b", ",\"stream\":true"));
            fixture.awaitMetric(ACTIVE, 2);
            third.post("/v1/completions", completionBody("c", ""));
            fixture.awaitMetric(ACTIVE, 3);
            assertThat(engine.isIdle()).isTrue();
            finish(call);
            first.until("200 OK");
            var next = engine.take();
            assertThat(next.prompt()).isEqualTo("b");
            assertThat(engine.isIdle()).isTrue();
            finish(next);
            second.until("[DONE]");
            finish(engine.take());
            third.until("200 OK");
            fixture.awaitMetric(ACTIVE, 0);
            fixture.awaitMetric("dynamo_frontend_queued_requests{model=\"model\"}", 0);
        }
    }

    @Test
    void aFullLineAnswers429WithRetryAfter() throws Exception {
        try (var fixture = new FrontendFixture("admission.requests=1", "admission.queue=0");
                var engine = fixture.engine();
                var first = fixture.raw()) {
            fixture.whenReady();
            first.post("/v1/completions", completionBody("a", ""));
            var call = engine.take();
            isOverload(fixture.send(fixture.post("/v1/completions", completionBody("b", ""))));
            fixture.awaitMetric("dynamo_frontend_model_rejection_total{endpoint=\"completions\",model=\"model\"}", 1);
            finish(call);
            first.until("200 OK");
        }
    }

    @Test
    void whoeverWouldRatherNotWaitIsRefusedAtOnce() throws Exception {
        try (var fixture = new FrontendFixture("admission.requests=1");
                var engine = fixture.engine();
                var first = fixture.raw()) {
            fixture.whenReady();
            first.post("/v1/completions", completionBody("a", ""));
            var call = engine.take();
            isOverload(fixture.send(fixture.request("/v1/completions")
                    .header("x-nacelle-queue", "never")
                    .POST(HttpRequest.BodyPublishers.ofString(completionBody("b", "")))
                    .build()));
            finish(call);
            first.until("200 OK");
        }
    }

    @Test
    void waitingEndsAtItsDeadline() throws Exception {
        try (var fixture = new FrontendFixture("admission.requests=1", "admission.queue_timeout=300ms");
                var engine = fixture.engine();
                var first = fixture.raw()) {
            fixture.whenReady();
            first.post("/v1/completions", completionBody("a", ""));
            var call = engine.take();
            isOverload(fixture.send(fixture.post("/v1/completions", completionBody("b", ""))));
            finish(call);
            first.until("200 OK");
        }
    }

    @Test
    void whoeverLeavesTheLineIsForgotten() throws Exception {
        try (var fixture = new FrontendFixture("admission.requests=1");
                var engine = fixture.engine();
                var first = fixture.raw()) {
            fixture.whenReady();
            first.post("/v1/completions", completionBody("a", ""));
            var call = engine.take();
            try (var second = fixture.raw()) {
                second.post("/v1/completions", completionBody("b", ""));
                fixture.awaitMetric(ACTIVE, 2);
            }
            fixture.awaitMetric(ACTIVE, 1);
            finish(call);
            first.until("200 OK");
            assertThat(engine.isIdle()).isTrue();
            fixture.awaitMetric("dynamo_frontend_disconnected_clients", 1);
        }
    }

    @Test
    void nobodyWaitsForAModelThatNobodyServes() throws Exception {
        try (var fixture = new FrontendFixture("admission.requests=1");
                var engine = fixture.engine();
                var first = fixture.raw()) {
            fixture.whenReady();
            first.post("/v1/completions", completionBody("a", ""));
            var call = engine.take();
            engine.ready(false);
            var answer = fixture.send(fixture.post("/v1/completions", completionBody("b", "")));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            finish(call);
            first.until("200 OK");
        }
    }

    @Test
    void aDrainRefusesThoseInLine() throws Exception {
        try (var fixture = new FrontendFixture("admission.requests=1");
                var engine = fixture.engine();
                var first = fixture.raw();
                var second = fixture.raw()) {
            fixture.whenReady();
            first.post("/v1/completions", completionBody("a", ""));
            var call = engine.take();
            second.post("/v1/completions", completionBody("b", ""));
            fixture.awaitMetric(ACTIVE, 2);
            var drained =
                    Thread.startVirtualThread(() -> fixture.frontend().drain(Deadline.in(Duration.ofSeconds(20))));
            second.until("503 ");
            finish(call);
            first.until("200 OK");
            drained.join();
        }
    }

    @Test
    void promptsAreBoundedInTokensTogether() throws Exception {
        try (var fixture = new FrontendFixture("admission.prompt_tokens=10");
                var engine = fixture.engine();
                var first = fixture.raw()) {
            fixture.whenReady();
            // Alone it may be larger than all together.
            first.post("/v1/completions", completionBody("abcdefghijklmn", ""));
            var call = engine.take();
            isOverload(fixture.send(fixture.post("/v1/completions", completionBody("b", ""))));
            finish(call);
            first.until("200 OK");
            fixture.awaitMetric(ACTIVE, 0);
            var second = fixture.raw().post("/v1/completions", completionBody("b", ""));
            finish(engine.take());
            second.until("200 OK");
            second.close();
        }
    }

    @Test
    void bodiesAreBoundedInBytesTogether() throws Exception {
        try (var fixture = new FrontendFixture("limits.body=4KiB", "limits.bodies=4KiB");
                var engine = fixture.engine()) {
            fixture.whenReady();
            var body = completionBody("x".repeat(3000), "");
            HttpResponse<String> answer;
            do {
                try (var first = fixture.raw()) {
                    first.send(RawClient.head("/v1/completions", body.length()) + body.substring(0, 2900));
                    // Refused once the first has been read; before that, its prompt is too long.
                    answer = fixture.send(fixture.post("/v1/completions", body));
                }
            } while (answer.statusCode() == 400);
            isOverload(answer);
            // What the first had is free again, though it left in the middle.
            while (fixture.send(fixture.post("/v1/completions", body)).statusCode() == 429) Thread.onSpinWait();
            assertThat(engine.isIdle()).isTrue();
        }
    }

    @Test
    void anEngineThatGivesNoTokenEndsWith504() throws Exception {
        try (var fixture = new FrontendFixture("timeouts.first_token=300ms");
                var engine = fixture.engine();
                var client = fixture.raw()) {
            fixture.whenReady();
            client.post("/v1/completions", completionBody("a", ""));
            var call = engine.take();
            assertThat(client.until("response_timeout")).contains(" 504 ");
            assertThat(call.cancelled().get()).isEqualTo(CancelCause.TIMEOUT);
            fixture.awaitMetric(ended("unary"), 1);
        }
    }

    @Test
    void anEngineThatStopsInTheMiddleEndsTheStreamWithAnError() throws Exception {
        try (var fixture = new FrontendFixture("timeouts.inter_token=300ms");
                var engine = fixture.engine();
                var client = fixture.raw()) {
            fixture.whenReady();
            client.post("/v1/completions", completionBody("a", ",\"stream\":true"));
            var call = engine.take().say("abc");
            assertThat(client.until("response_timeout")).contains("event: error", "\"text\":\"c\"");
            assertThat(call.cancelled().get()).isEqualTo(CancelCause.TIMEOUT);
            fixture.awaitMetric(ended("stream"), 1);
        }
    }

    @Test
    void aWholeRequestIsBoundedHoweverBusyItsEngineIs() throws Exception {
        try (var fixture = new FrontendFixture("timeouts.request=300ms");
                var engine = fixture.engine();
                var client = fixture.raw()) {
            fixture.whenReady();
            client.post("/v1/completions", completionBody("a", ",\"stream\":true,\"max_tokens\":900"));
            var call = engine.take();
            while (!call.cancelled().isDone()) {
                call.receiver().awaitWritable();
                call.say("x");
            }
            client.until("response_timeout");
        }
    }

    private static String ended(String type) {
        return "dynamo_frontend_requests_total{endpoint=\"completions\",error_type=\"response_timeout\",model=\"model\",request_type=\"%s\",status=\"error\"}"
                .formatted(type);
    }

    private static void isOverload(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValueAsLong("Retry-After")).hasValue(1);
        assertThat(answer.body()).contains("rate_limit_error");
    }

    private static void finish(DrivenEngine.Call call) {
        call.say("x").finish(FinishReason.STOP, new Usage(1, 1));
    }
}
