package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tools, reasoning and several choices, from the request to the response. */
@Timeout(60)
class ToolsTest {
    private static final String TEMPLATE =
            "{% if tools %}{{ tools | tojson }} Write <tool_call>{\"name\": …}</tool_call>{% endif %}"
                    + "{% for m in messages %}{{ m.content }}{% endfor %}<think>";
    private static final String TOOLS =
            ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{\"type\":\"object\"}}}]";
    private static final String OUTPUT =
            "It rains?</think>Let me see.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Bath\"}}\n</tool_call>";

    private final FrontendFixture fixture;

    ToolsTest() throws Exception {
        fixture = new FrontendFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private DrivenEngine engine(Capability... capabilities) {
        var engine = fixture.engine(Engines.withRuntimeData(Map.of("chat_template", TEMPLATE), capabilities));
        fixture.whenReady();
        return engine;
    }

    private CompletableFuture<HttpResponse<String>> chat(String more) {
        return fixture.client()
                .sendAsync(
                        fixture.post("/v1/chat/completions", FrontendFixture.chatBody("hi", more)),
                        BodyHandlers.ofString());
    }

    @Test
    void callsAndReasoningArePartsOfTheirOwn() throws Exception {
        var engine = engine();
        var answer = chat(TOOLS);
        var call = engine.take();
        assertThat(call.prompt()).startsWith("[{\"type\": \"function\"");
        call.say(OUTPUT).finish(FinishReason.STOP, new Usage(9, 9));
        assertThat(answer.get().body())
                .contains("\"content\":\"Let me see.\"")
                .contains("\"reasoning_content\":\"It rains?\"")
                .containsPattern("\"tool_calls\":\\[\\{\"id\":\"[0-9A-Za-z]{9}\",\"type\":\"function\",\"function\":"
                        + "\\{\"name\":\"weather\",\"arguments\":\"\\{\\\\\"city\\\\\": \\\\\"Bath\\\\\"}\"}}]")
                .contains("\"finish_reason\":\"tool_calls\"");
    }

    @Test
    void aStreamShowsThemAsTheyCome() throws Exception {
        var engine = engine();
        var answer = chat(TOOLS + ",\"stream\":true");
        engine.take().say(OUTPUT).finish(FinishReason.STOP, new Usage(9, 9));
        var events = answer.get().body();
        assertThat(events)
                .contains("\"delta\":{\"reasoning_content\":\"I\"}")
                .contains("\"delta\":{\"content\":\"L\"}")
                .containsPattern(
                        "\"delta\":\\{\"tool_calls\":\\[\\{\"index\":0,\"id\":\"[0-9A-Za-z]{9}\",\"type\":\"function\","
                                + "\"function\":\\{\"name\":\"weather\",\"arguments\":\"\"}}]}")
                .contains("\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]}")
                .contains("\"delta\":{},\"logprobs\":null,\"finish_reason\":\"tool_calls\"")
                .doesNotContain("tool_call>")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void reasoningCanBeLeftOutAndCallsBeForbidden() throws Exception {
        var engine = engine();
        var answer = chat(TOOLS + ",\"tool_choice\":\"none\",\"include_reasoning\":false");
        var call = engine.take();
        assertThat(call.prompt()).isEqualTo("hi<think>");
        call.say(OUTPUT).finish(FinishReason.STOP, new Usage(9, 9));
        assertThat(answer.get().body())
                .contains("\"content\":\"Let me see.\\n<tool_call>")
                .contains("\"finish_reason\":\"stop\"")
                .doesNotContain("reasoning_content")
                .doesNotContain("tool_calls");
    }

    @Test
    void onlyTheFirstOfParallelCallsIsShownWhereOneIsWanted() throws Exception {
        var engine = engine();
        for (var stream : List.of("false", "true")) {
            var answer = chat(TOOLS + ",\"parallel_tool_calls\":false,\"stream\":" + stream);
            engine.take()
                    .say("</think><tool_call>{\"name\":\"one\"}</tool_call><tool_call>{\"name\":\"two\"}</tool_call>")
                    .finish(FinishReason.STOP, new Usage(9, 9));
            assertThat(answer.get().body()).contains("\"name\":\"one\"").doesNotContain("two");
        }
    }

    @Test
    void anEngineThatCanBeHeldToACallIsHeldToIt() throws Exception {
        var engine = engine(Capability.GUIDED_DECODING);
        var answer = chat(TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}");
        var call = engine.take();
        assertThat(call.request().sampling().extras())
                .containsEntry("guided_decoding", Map.of("json", Map.of("type", "object")));
        call.say("</think>{\"city\": \"Bath\"}").finish(FinishReason.STOP, new Usage(9, 9));
        assertThat(answer.get().body())
                .contains("\"content\":null")
                .contains("\"name\":\"weather\",\"arguments\":\"{\\\"city\\\": \\\"Bath\\\"}\"")
                .contains("\"finish_reason\":\"tool_calls\"");

        answer = chat(TOOLS + ",\"tool_choice\":\"required\"");
        call = engine.take();
        assertThat(call.request().sampling().extras().get("guided_decoding"))
                .asString()
                .contains("type=array");
        call.say("</think>[{\"name\": \"weather\", \"parameters\": {}}]").finish(FinishReason.STOP, new Usage(9, 9));
        assertThat(answer.get().body()).contains("\"name\":\"weather\",\"arguments\":\"{}\"");
    }

    @Test
    void whatCannotBeDoneWithToolsIsRefusedByName() throws Exception {
        engine();
        assertThat(chat(TOOLS + ",\"tool_choice\":\"required\"").get().body()).contains("\"param\":\"tool_choice\"");
        assertThat(chat(",\"tool_choice\":\"required\"").get().body()).contains("\"param\":\"tool_choice\"");
        assertThat(chat(",\"tools\":[{\"type\":\"function\",\"function\":{}}]")
                        .get()
                        .body())
                .contains("\"param\":\"tools[0].function.name\"");
        assertThat(chat(TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"x\"}}")
                        .get()
                        .body())
                .contains("\"param\":\"tool_choice.function.name\"");
        try (var other = new FrontendFixture()) {
            other.engine();
            other.whenReady();
            assertThat(other.chat("hi", TOOLS).statusCode()).isEqualTo(400);
            assertThat(other.chat("hi", TOOLS).body()).contains("\"param\":\"tools\"");
            assertThat(other.chat("hi", TOOLS + ",\"tool_choice\":\"none\",\"stop\":3")
                            .body())
                    .contains("\"param\":\"stop\"");
        }
    }

    @Test
    void choicesOfOneRequestStandBesideEachOther() throws Exception {
        var engine = engine(Capability.MULTIPLE_CHOICES);
        for (var stream : List.of("false", "true")) {
            var answer = chat(",\"n\":2,\"stop\":\"#\",\"stream\":" + stream);
            var call = engine.take();
            assertThat(call.request().sampling().n()).isEqualTo(2);
            call.emit(choice(1, "b</think>two#")).emit(choice(0, "a</think>one"));
            call.finish(FinishReason.LENGTH, new Usage(3, 20));
            var body = answer.get().body();
            assertThat(body)
                    .contains(stream.equals("true") ? "{\"index\":0,\"delta\":{\"content\":\"o" : "\"content\":\"one\"")
                    .contains(stream.equals("true") ? "{\"index\":1,\"delta\":{\"content\":\"t" : "\"content\":\"two\"")
                    .contains("\"reasoning_content\":\"a\"")
                    .contains("\"reasoning_content\":\"b\"")
                    .contains("\"finish_reason\":\"length\"")
                    .contains("\"finish_reason\":\"stop\"");
        }
    }

    private static Chunk choice(int index, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) ids[i] = bytes[i] & 0xFF;
        return new Chunk(index, TokenIds.of(ids), Optional.empty(), List.of(), Optional.empty(), Map.of(), Map.of());
    }

    @Test
    void aCompletionCanRepeatItsPrompt() throws Exception {
        var engine = engine();
        for (var stream : List.of("false", "true")) {
            var answer = fixture.client()
                    .sendAsync(
                            fixture.post(
                                    "/v1/completions",
                                    FrontendFixture.completionBody("Once ", ",\"echo\":true,\"stream\":" + stream)),
                            BodyHandlers.ofString());
            engine.take().say("upon").finish(FinishReason.STOP, new Usage(3, 4));
            assertThat(answer.get().body())
                    .contains(stream.equals("true") ? "\"text\":\"Once \"" : "\"text\":\"Once upon\"");
        }
    }

    @Test
    void aStreamThatBreaksOffSaysWhichRequestItWas() throws Exception {
        var engine = engine();
        var answer = chat(",\"stream\":true");
        var call = engine.take().say("abc");
        fixture.awaitMetric("dynamo_frontend_output_tokens_total{model=\"model\"}", 3);
        call.fail(new EngineError.StreamIncomplete("cut off"));
        assertThat(answer.get().body())
                .contains(
                        "event: error\ndata: {\"error\":{\"message\":\"cut off\",\"type\":\"server_error\",\"param\":null,"
                                + "\"code\":\"stream_incomplete\",\"request_id\":\""
                                + call.head().id() + "\"}}")
                .doesNotContain("[DONE]");
        assertThat(answer.get().headers().firstValue("X-Request-Id"))
                .contains(call.head().id());
    }
}
