package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.chatBody;
import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.spi.Capability;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class UnaryTest {
    private final FrontendFixture fixture;

    UnaryTest() throws Exception {
        fixture = new FrontendFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private CompletableFuture<HttpResponse<String>> ask(HttpRequest request) {
        return fixture.client().sendAsync(request, BodyHandlers.ofString());
    }

    private CompletableFuture<HttpResponse<String>> chat(String more) {
        return ask(fixture.post("/v1/chat/completions", chatBody("hello", more)));
    }

    private CompletableFuture<HttpResponse<String>> complete(String more) {
        return ask(fixture.post("/v1/completions", completionBody("hello", more)));
    }

    @Test
    void aChatIsAnsweredInOnePiece() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = chat("");
        var call = engine.take();
        call.say("Good\n\"day\"").finish(FinishReason.STOP, new Usage(24, 10, 3));
        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(answer.get().headers().firstValue("X-Request-Id"))
                .contains(call.head().id());
        assertThat(answer.get().body())
                .contains("\"id\":\"chatcmpl-" + call.head().id() + "\"")
                .contains("\"object\":\"chat.completion\"")
                .contains("\"message\":{\"role\":\"assistant\",\"content\":\"Good\\n\\\"day\\\"\"")
                .contains("\"finish_reason\":\"stop\"")
                .contains("\"total_tokens\":34")
                .contains("\"cached_tokens\":3");
    }

    @Test
    void anAnswerLongerThanTheQueueIsWhole() throws Exception {
        var engine = fixture.engine(EngineConfig.of("model", Registration.ofContext(100_000)));
        fixture.whenReady();
        var answer = chat("");
        var call = engine.take();
        for (int i = 0; i < 20_000; i++) {
            call.receiver().awaitWritable();
            call.say("x");
        }
        call.finish(FinishReason.LENGTH, new Usage(24, 20_000));
        assertThat(answer.get().body()).contains("x".repeat(20_000) + "\"");
    }

    @Test
    void aStopStringEndsTheAnswerAndTheEngine() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = complete(",\"stop\":\"END\"");
        var call = engine.take().say("abENcENDxyz");
        assertThat(answer.get().body())
                .contains("\"text\":\"abENc\"")
                .contains("\"finish_reason\":\"stop\"")
                .contains("\"completion_tokens\":8");
        assertThat(call.cancelled().get()).isEqualTo(CancelCause.SATISFIED);
    }

    @ParameterizedTest
    @CsvSource({
        "InvalidArgument, 400",
        "Draining, 503",
        "Unknown, 500",
        "StreamIncomplete, 502",
        "ResponseTimeout, 504",
    })
    void anErrorHasItsStatus(String error, int status) throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = chat("");
        engine.take()
                .say("some")
                .fail(
                        switch (error) {
                            case "InvalidArgument" -> new EngineError.InvalidArgument("what it says");
                            case "Draining" -> new EngineError.Draining("what it says");
                            case "Unknown" -> new EngineError.Unknown("what it says");
                            case "StreamIncomplete" -> new EngineError.StreamIncomplete("what it says");
                            default -> new EngineError.ResponseTimeout("what it says");
                        });
        assertThat(answer.get().statusCode()).isEqualTo(status);
        assertThat(answer.get().body()).startsWith("{\"error\":{\"message\":\"what it says\"");
        assertThat(answer.get().headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 503);
    }

    @Test
    void anEngineThatGivesUpByItselfHasNotAnswered() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = chat("");
        engine.take().finish(FinishReason.ERROR, new Usage(24, 0));
        assertThat(answer.get().statusCode()).isEqualTo(500);
    }

    @Test
    void anEngineThatTokenizesGetsTheText() throws Exception {
        var engine = fixture.engine(
                EngineConfig.of("model", Registration.ofContext(2000)).withInput(ModelInput.TEXT));
        fixture.whenReady();
        var completion = complete("");
        var call = engine.take();
        assertThat(call.request().prompt()).isEqualTo(new Prompt.Text("hello"));
        assertThat(call.request().stop().maxTokens()).hasValue(16);
        call.emit(Chunk.ofText("good ")).emit(Chunk.ofText("day")).finish(FinishReason.STOP, new Usage(5, 2));
        assertThat(completion.get().body()).contains("\"text\":\"good day\"").contains("\"prompt_tokens\":5");

        var chat = chat("");
        call = engine.take();
        assertThat(call.request().prompt())
                .isEqualTo(new Prompt.Messages(List.of(Map.of("role", "user", "content", "hello"))));
        assertThat(call.request().stop().maxTokens()).hasValue(1024);
        call.emit(Chunk.ofText("day")).finish(FinishReason.STOP, new Usage(5, 1));
        assertThat(chat.get().body()).contains("\"content\":\"day\"");

        assertThat(ask(fixture.post("/v1/completions", "{\"model\":\"model\",\"prompt\":[1,2]}"))
                        .get()
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void withoutAKnownContextThereIsADefaultLength() throws Exception {
        var engine = fixture.engine(EngineConfig.of("model"));
        fixture.whenReady();
        var _ = chat("");
        var call = engine.take();
        assertThat(call.request().stop().maxTokens()).hasValue(1024);
        call.finish(FinishReason.STOP, new Usage(1, 0));
    }

    @Test
    void promptAndAnswerMustFitTheContext() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var tooLong = complete(",\"max_tokens\":995").get();
        assertThat(tooLong.statusCode()).isEqualTo(400);
        assertThat(tooLong.body())
                .contains("995")
                .contains("prompt of 6 tokens")
                .contains("\"param\":\"max_tokens\"")
                .contains("context_length_exceeded");
        var noRoom = ask(fixture.post("/v1/completions", completionBody("x".repeat(999), "")))
                .get();
        assertThat(noRoom.statusCode()).isEqualTo(400);
        assertThat(noRoom.body()).contains("1000 tokens").contains("\"param\":\"prompt\"");
        assertThat(ask(fixture.post("/v1/chat/completions", chatBody("x".repeat(999), "")))
                        .get()
                        .body())
                .contains("\"param\":\"messages\"");
        assertThat(engine.isIdle()).isTrue();
        var fits = complete(",\"max_tokens\":994");
        engine.take().finish(FinishReason.STOP, new Usage(6, 0));
        assertThat(fits.get().statusCode()).isEqualTo(200);
    }

    @Test
    void aPromptBeyondTheLimitIsNotEvenTokenized() throws Exception {
        try (var strict = new FrontendFixture("limits.prompt_chars=10", "limits.json_depth=5")) {
            strict.engine();
            strict.whenReady();
            var refused = strict.send(strict.post("/v1/completions", completionBody("x".repeat(11), "")));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("prompt: found 11 characters, expected at most 10");
            assertThat(strict.send(strict.post("/v1/completions", completionBody("x", ",\"e\":[[[[[]]]]]")))
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void whatAnEngineDoesNotOfferIsRefusedByName() throws Exception {
        fixture.engine();
        fixture.whenReady();
        for (var field : List.of(
                "\"logprobs\":2",
                "\"logit_bias\":{\"5\":1}",
                "\"guided_json\":{\"type\":\"object\"}",
                "\"response_format\":{\"type\":\"json_object\"}")) {
            var refused = complete("," + field).get();
            assertThat(refused.statusCode()).as(field).isEqualTo(400);
            assertThat(refused.body()).contains("\"param\":" + field.substring(0, field.indexOf(':')));
        }
    }

    @Test
    void logProbabilitiesAreShownWhereTheyAreOffered() throws Exception {
        var engine = fixture.engine(EngineConfig.of("model").withCapabilities(Capability.LOG_PROBABILITIES));
        fixture.whenReady();
        var answer = chat(",\"logprobs\":true,\"top_logprobs\":1");
        engine.take()
                .emit(Chunk.ofLogProbs(
                        List.of(new TokenLogProb('a', -0.5, List.of(new TokenLogProb.Candidate('b', -0.25))))))
                .finish(FinishReason.STOP, new Usage(24, 1));
        assertThat(answer.get().body())
                .contains("\"content\":\"a\"")
                .contains("\"token\":\"a\",\"logprob\":-0.5")
                .contains("\"token\":\"b\",\"logprob\":-0.25");
    }

    @Test
    void aCallersRequestIdIsUsed() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = ask(fixture.request("/v1/completions")
                .header("X-Request-Id", "job-7")
                .header("traceparent", "00-1-2-01")
                .POST(HttpRequest.BodyPublishers.ofString(completionBody("hello", ",\"metadata\":{\"k\":\"v\"}")))
                .build());
        var call = engine.take();
        assertThat(call.head().id()).isEqualTo("job-7");
        assertThat(call.head().traceHeaders()).containsEntry("traceparent", "00-1-2-01");
        assertThat(call.head().traceHeaders()).containsEntry("x-request-id", "job-7");
        assertThat(call.head().metadata()).containsEntry("k", "v");
        call.finish(FinishReason.STOP, new Usage(6, 0));
        assertThat(answer.get().headers().firstValue("X-Request-Id")).contains("job-7");
    }

    @Test
    void theLogHasTheRequestsId() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        try (var log = new RequestLog()) {
            var answer = ask(fixture.request("/v1/completions")
                    .header("X-Request-Id", "job-8")
                    .POST(HttpRequest.BodyPublishers.ofString(completionBody("hello", "")))
                    .build());
            engine.take().say("ab").finish(FinishReason.STOP, new Usage(6, 2));
            answer.get();
            assertThat(log.of("job-8"))
                    .containsEntry("endpoint", "completions")
                    .containsEntry("model", "model")
                    .containsEntry("tokens_in", "6")
                    .containsEntry("tokens_out", "2")
                    .containsEntry("status", "200")
                    .containsEntry("outcome", "ok");
        }
    }

    @Test
    void anInstanceThatRefusesIsPassedOver() throws Exception {
        var first = fixture.engine();
        var second = fixture.engine();
        fixture.whenReady();
        first.refuse(new EngineError.Draining("not me"));
        for (int i = 0; i < 2; i++) {
            var answer = chat("");
            second.take().finish(FinishReason.STOP, new Usage(24, 0));
            assertThat(answer.get().statusCode()).isEqualTo(200);
        }
        second.refuse(new EngineError.Overloaded("nor me", java.time.Duration.ofSeconds(7)));
        first.ready(false);
        var refused = chat("").get();
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("7");
    }

    @Test
    void anInvalidRequestIsNotSentToTheNext() throws Exception {
        var first = fixture.engine();
        var second = fixture.engine();
        fixture.whenReady();
        first.refuse(new EngineError.InvalidArgument("not this"));
        second.refuse(new EngineError.InvalidArgument("not this"));
        assertThat(chat("").get().statusCode()).isEqualTo(400);
        assertThat(first.isIdle() && second.isIdle()).isTrue();
    }

    @Test
    void requestsTakeTurns() throws Exception {
        var first = fixture.engine();
        var second = fixture.engine();
        fixture.whenReady();
        for (int i = 0; i < 2; i++) {
            var one = chat("");
            first.take().finish(FinishReason.STOP, new Usage(24, 0));
            one.get();
            var two = chat("");
            second.take().finish(FinishReason.STOP, new Usage(24, 0));
            two.get();
        }
    }

    @Test
    void withoutAReadyInstanceItIsWorthTryingAgain() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        engine.ready(false);
        var refused = chat("").get();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        engine.close();
        assertThat(chat("").get().statusCode()).isEqualTo(404);
    }

    @Test
    void modelsAreListedWhileTheyAreServed() throws Exception {
        assertThat(fixture.get("/v1/models").body()).isEqualTo("{\"object\":\"list\",\"data\":[]}");
        var engine = fixture.engine(EngineConfig.of("org/model", Registration.ofContext(1000)));
        assertThat(fixture.get("/v1/models").body())
                .contains("\"id\":\"org/model\",\"object\":\"model\"")
                .contains("\"max_model_len\":1000");
        assertThat(fixture.get("/v1/models/org/model").body()).contains("\"id\":\"org/model\"");
        assertThat(fixture.get("/v1/models/org%2Fmodel").body()).contains("\"id\":\"org/model\"");
        assertThat(fixture.get("/v1/models/other").statusCode()).isEqualTo(404);
        engine.close();
        assertThat(fixture.get("/v1/models").body()).contains("\"data\":[]");
    }

    @Test
    void http2WithoutEncryptionWorks() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            var models = client.send(fixture.request("/v1/models").build(), BodyHandlers.ofString());
            assertThat(models.version()).isEqualTo(HttpClient.Version.HTTP_2);
            var answer = client.sendAsync(
                    fixture.post("/v1/chat/completions", chatBody("hi", ",\"stream\":true")), BodyHandlers.ofString());
            engine.take().say("abc").finish(FinishReason.STOP, new Usage(24, 3));
            assertThat(answer.get().version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.get().body()).contains("\"content\":\"c\"").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aConnectionsFirstRequestCanAskForHttp2() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            var answer = client.sendAsync(
                    fixture.post("/v1/chat/completions", chatBody("hi", ",\"stream\":true")), BodyHandlers.ofString());
            engine.take().say("abc").finish(FinishReason.STOP, new Usage(24, 3));
            assertThat(answer.get().body()).contains("\"content\":\"c\"").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aRequestThatWaitsOutlivesTheIdleTimeout() throws Exception {
        try (var impatient = new FrontendFixture("limits.idle_timeout=150ms");
                var http2 = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .build()) {
            var engine = impatient.engine();
            impatient.whenReady();
            http2.send(impatient.request("/v1/models").build(), BodyHandlers.ofString());
            var one = impatient
                    .client()
                    .sendAsync(impatient.post("/v1/completions", completionBody("1", "")), BodyHandlers.ofString());
            var two = http2.sendAsync(
                    impatient.post("/v1/completions", completionBody("2", "")), BodyHandlers.ofString());
            var calls = List.of(engine.take(), engine.take());
            // Other requests come and go meanwhile, for longer than the timeout.
            long end = System.nanoTime() + 600_000_000;
            while (System.nanoTime() < end) impatient.get("/v1/models");
            for (var call : calls) call.finish(FinishReason.STOP, new Usage(2, 0));
            assertThat(one.get().statusCode()).isEqualTo(200);
            assertThat(two.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aRequestIsCountedFromEntryToEnd() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = chat("");
        var call = engine.take();
        assertThat(fixture.metric("dynamo_frontend_active_requests{model=\"model\"}"))
                .isOne();
        assertThat(fixture.metric("dynamo_frontend_queued_requests{model=\"model\"}"))
                .isOne();
        call.say("abc").finish(FinishReason.STOP, new Usage(24, 3));
        answer.get();
        fixture.awaitMetric("dynamo_frontend_active_requests{model=\"model\"}", 0);
        assertThat(fixture.metric("dynamo_frontend_queued_requests{model=\"model\"}"))
                .isZero();
        assertThat(fixture.metric("dynamo_frontend_output_tokens_total{model=\"model\"}"))
                .isEqualTo(3);
        assertThat(fixture.metric("dynamo_frontend_time_to_first_token_seconds_count{model=\"model\"}"))
                .isOne();
        assertThat(fixture.metric("dynamo_frontend_input_sequence_tokens_sum{model=\"model\"}"))
                .isEqualTo(24);
        fixture.awaitMetric("dynamo_frontend_model_ready{model=\"model\"}", 1);
        assertThat(fixture.metric("dynamo_frontend_model_workers{model=\"model\"}"))
                .isOne();
        assertThat(
                        fixture.metric(
                                "nv_llm_http_service_requests_total{endpoint=\"chat_completions\",model=\"model\",request_type=\"unary\",status=\"success\"}"))
                .isOne();
        engine.ready(false);
        fixture.awaitMetric("dynamo_frontend_model_ready{model=\"model\"}", 0);
    }
}
