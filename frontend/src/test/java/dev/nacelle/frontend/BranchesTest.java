package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.spi.Capability;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One request of a caller that is several to engines. */
@Timeout(60)
class BranchesTest {
    private static final String ACTIVE = "dynamo_frontend_active_requests{model=\"model\"}";

    private final FrontendFixture fixture;

    BranchesTest() throws Exception {
        fixture = new FrontendFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private CompletableFuture<HttpResponse<String>> complete(String prompt, String more) {
        var body = "{\"model\":\"model\",\"prompt\":%s%s}".formatted(prompt, more);
        return fixture.client().sendAsync(fixture.post("/v1/completions", body), BodyHandlers.ofString());
    }

    private static List<DrivenEngine.Call> take(DrivenEngine engine, int count) throws InterruptedException {
        var calls = new ArrayList<DrivenEngine.Call>();
        for (int i = 0; i < count; i++) calls.add(engine.take());
        return calls;
    }

    @Test
    void anEngineThatMakesOneChoiceAtATimeIsAskedForEach() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = complete("\"hello\"", ",\"n\":3,\"seed\":40");
        var calls = take(engine, 3);
        assertThat(calls).extracting(call -> call.request().sampling().n()).containsOnly(1);
        assertThat(calls)
                .extracting(call -> call.request().sampling().seed().orElseThrow())
                .containsExactly(40L, 41L, 42L);
        assertThat(calls).extracting(call -> call.head().id()).doesNotHaveDuplicates();
        assertThat(calls.get(0).head().id())
                .isEqualTo(calls.get(1).head().traceHeaders().get("x-request-id"));
        calls.get(2).say("three").finish(FinishReason.LENGTH, new Usage(6, 5, 6));
        calls.get(0).say("one").finish(FinishReason.STOP, new Usage(6, 3, 2));
        calls.get(1).say("two").finish(FinishReason.STOP, new Usage(6, 3, 6));
        assertThat(answer.get().body())
                .contains("{\"index\":0,\"text\":\"one\",\"logprobs\":null,\"finish_reason\":\"stop\"}")
                .contains("{\"index\":1,\"text\":\"two\",\"logprobs\":null,\"finish_reason\":\"stop\"}")
                .contains("{\"index\":2,\"text\":\"three\",\"logprobs\":null,\"finish_reason\":\"length\"}")
                .contains("\"prompt_tokens\":6,\"completion_tokens\":11,\"total_tokens\":17")
                .contains("\"cached_tokens\":2");
        fixture.awaitMetric(ACTIVE, 0);
        assertThat(fixture.metric("dynamo_frontend_output_tokens_total{model=\"model\"}"))
                .isEqualTo(11);
        assertThat(fixture.metric("dynamo_frontend_input_sequence_tokens_sum{model=\"model\"}"))
                .isEqualTo(6);
        for (var stage : List.of("preprocess", "route", "transport_roundtrip", "postprocess"))
            assertThat(fixture.metric("dynamo_frontend_stage_duration_seconds_count{stage=\"%s\"}".formatted(stage)))
                    .as(stage)
                    .isOne();
    }

    @Test
    void aStreamOfSeveralHasTheirIndices() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer =
                complete("[\"ab\",\"cd\"]", ",\"n\":2,\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        var calls = take(engine, 4);
        assertThat(calls).extracting(DrivenEngine.Call::prompt).containsExactly("ab", "ab", "cd", "cd");
        for (int i = 3; i >= 0; i--) calls.get(i).say("" + i).finish(FinishReason.STOP, new Usage(3, 1));
        var events = answer.get().body();
        for (int i = 0; i < 4; i++) assertThat(events).contains("{\"index\":%d,\"text\":\"%1$d\"".formatted(i));
        assertThat(events.split("\"finish_reason\":\"stop\"", -1)).hasSize(5);
        assertThat(events)
                .contains("\"prompt_tokens\":6,\"completion_tokens\":4")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void eachPromptIsEchoedWithItsOwnChoices() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        for (var stream : List.of("false", "true")) {
            var answer = complete("[\"ab\",[99,100]]", ",\"echo\":true,\"stream\":" + stream);
            var calls = take(engine, 2);
            calls.get(1).say("2").finish(FinishReason.STOP, new Usage(2, 1));
            calls.get(0).say("1").finish(FinishReason.STOP, new Usage(3, 1));
            if (stream.equals("false"))
                assertThat(answer.get().body()).contains("\"text\":\"ab1\"").contains("\"text\":\"cd2\"");
            else
                assertThat(answer.get().body())
                        .contains("{\"index\":0,\"text\":\"ab\"", "{\"index\":1,\"text\":\"cd\"");
        }
    }

    @Test
    void oneThatFailsFailsTheWholeAndTheOthersAreNotWantedAnyMore() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = complete("\"hello\"", ",\"n\":3");
        var calls = take(engine, 3);
        calls.get(0).say("one").finish(FinishReason.STOP, new Usage(6, 3));
        calls.get(2).fail(new EngineError.StreamIncomplete("cut off"));
        assertThat(answer.get().statusCode()).isEqualTo(502);
        assertThat(calls.get(1).cancelled().get()).isEqualTo(CancelCause.SATISFIED);
        fixture.awaitMetric(ACTIVE, 0);
    }

    @Test
    void aClientThatLeavesEndsAllOfThem() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        List<DrivenEngine.Call> calls;
        try (var client = fixture.raw()) {
            client.post("/v1/completions", FrontendFixture.completionBody("x", ",\"n\":3,\"stream\":true"));
            calls = take(engine, 3);
            calls.get(1).say("x");
            client.until("\"text\":\"x\"");
        }
        for (var call : calls) assertThat(call.cancelled().get()).isEqualTo(CancelCause.CLIENT_GONE);
        fixture.awaitMetric(ACTIVE, 0);
        fixture.awaitMetric(
                "dynamo_frontend_model_cancellation_total{endpoint=\"completions\",model=\"model\",request_type=\"stream\"}",
                1);
    }

    @Test
    void aStopStringEndsItsOwnChoiceAlone() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = complete("\"hello\"", ",\"n\":2,\"stop\":\"#\"");
        var calls = take(engine, 2);
        calls.get(0).say("one#more");
        assertThat(calls.get(0).cancelled().get()).isEqualTo(CancelCause.SATISFIED);
        calls.get(1).say("two").finish(FinishReason.LENGTH, new Usage(6, 3));
        assertThat(answer.get().body())
                .contains("\"text\":\"one\",\"logprobs\":null,\"finish_reason\":\"stop\"")
                .contains("\"text\":\"two\",\"logprobs\":null,\"finish_reason\":\"length\"")
                .contains("\"prompt_tokens\":6,\"completion_tokens\":7");
    }

    @Test
    void moreThanEnginesAreToHaveAtATimeFollowAsOthersEnd() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var answer = complete("\"hello\"", ",\"n\":100");
        var calls = take(engine, 64);
        assertThat(engine.isIdle()).isTrue();
        for (int i = 0; i < 36; i++) calls.get(i).say("x").finish(FinishReason.STOP, new Usage(6, 1));
        calls.addAll(take(engine, 36));
        for (int i = 36; i < 100; i++) calls.get(i).say("x").finish(FinishReason.STOP, new Usage(6, 1));
        assertThat(answer.get().body()).contains("{\"index\":99,\"text\":\"x\"").contains("\"completion_tokens\":100");
    }

    @Test
    void theBestAreTheLikeliest() throws Exception {
        var engine = fixture.engine(
                EngineConfig.of("model", Registration.ofContext(1000)).withCapabilities(Capability.LOG_PROBABILITIES));
        fixture.whenReady();
        var answer = complete("[\"a\",\"b\"]", ",\"n\":2,\"best_of\":3");
        var calls = take(engine, 6);
        double[] each = {-3, -1, -2, -1, -1, -7};
        for (int i = 0; i < 6; i++) {
            assertThat(calls.get(i).request().output().logProbs()).hasValue(0);
            calls.get(i)
                    .emit(Chunk.ofLogProbs(List.of(new TokenLogProb('0' + i, each[i], List.of()))))
                    .finish(FinishReason.STOP, new Usage(2, 1));
        }
        assertThat(answer.get().body())
                .containsSubsequence(
                        "{\"index\":0,\"text\":\"1\",\"logprobs\":null",
                        "{\"index\":1,\"text\":\"2\",\"logprobs\":null",
                        "{\"index\":2,\"text\":\"3\",\"logprobs\":null",
                        "{\"index\":3,\"text\":\"4\",\"logprobs\":null")
                .contains("\"prompt_tokens\":4,\"completion_tokens\":6");
    }

    @Test
    void anEngineThatMakesSeveralTogetherIsAskedOnceForThoseToChooseFrom() throws Exception {
        var engine = fixture.engine(EngineConfig.of("model", Registration.ofContext(1000))
                .withCapabilities(Capability.LOG_PROBABILITIES, Capability.MULTIPLE_CHOICES));
        fixture.whenReady();
        var answer = complete("\"a\"", ",\"n\":1,\"best_of\":3");
        var call = engine.take();
        assertThat(call.request().sampling().n()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            var one = Chunk.ofLogProbs(List.of(new TokenLogProb('0' + i, i == 2 ? -0.5 : -1, List.of())));
            call.emit(new Chunk(
                    i, one.tokens(), one.text(), one.logProbs(), one.embedding(), one.handoff(), one.engineData()));
        }
        call.finish(FinishReason.STOP, new Usage(2, 3));
        assertThat(answer.get().body()).contains("{\"index\":0,\"text\":\"2\"").doesNotContain("\"index\":1");
    }

    @Test
    void whatIsWrongWithOnePromptIsSaidByItsNumber() throws Exception {
        var engine = fixture.engine();
        fixture.whenReady();
        var refused = complete("[\"a\",\"%s\"]".formatted("x".repeat(1000)), "").get();
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("\"param\":\"prompt[1]\"");
        assertThat(engine.isIdle()).isTrue();
    }
}
