package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.Capability;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResponsesTest {
    private static final String TEMPLATE =
            "{% for t in tools or [] %}({{ t.function.name }} <tool_call>{\"name\"){% endfor %}"
                    + "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.name }}"
                    + "{{ c.function.arguments | tojson }}{% endfor %}{% endfor %}[assistant]<think>";

    private final FrontendFixture fixture;
    private final DrivenEngine engine;

    ResponsesTest() throws Exception {
        fixture = new FrontendFixture();
        engine = fixture.engine(Engines.withRuntimeData(
                Map.of("chat_template", TEMPLATE), Capability.GUIDED_DECODING, Capability.LOG_PROBABILITIES));
        fixture.whenReady();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private CompletableFuture<HttpResponse<String>> ask(String members) {
        return fixture.client()
                .sendAsync(
                        fixture.post("/v1/responses", "{\"model\":\"model\"," + members + "}"),
                        BodyHandlers.ofString());
    }

    @Test
    void aTextIsAnsweredWithItems() throws Exception {
        var answer = ask("\"input\":\"Hi\",\"instructions\":\"Be brief\",\"max_output_tokens\":50,\"temperature\":0.5");
        var call = engine.take();
        assertThat(call.prompt()).isEqualTo("[system]Be brief[user]Hi[assistant]<think>");
        assertThat(call.request().stop().maxTokens()).hasValue(50);
        call.say("Hm.</think>Hello").finish(FinishReason.STOP, new Usage(7, 9, 2));
        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(answer.get().body())
                .startsWith("{\"id\":\"resp_" + call.head().id() + "\",\"object\":\"response\",\"created_at\":")
                .contains("\"status\":\"completed\"")
                .contains(
                        "\"type\":\"reasoning\",\"summary\":[],\"content\":[{\"type\":\"reasoning_text\",\"text\":\"Hm.\"}]")
                .contains("\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":"
                        + "[{\"type\":\"output_text\",\"text\":\"Hello\",\"annotations\":[],\"logprobs\":[]}]")
                .contains("\"instructions\":\"Be brief\"")
                .contains("\"max_output_tokens\":50")
                .contains("\"temperature\":0.5")
                .contains("\"input_tokens\":7,\"input_tokens_details\":{\"cached_tokens\":2},\"output_tokens\":9");
    }

    @Test
    void itemsOfAConversationBecomeItsMessages() throws Exception {
        var answer = ask("""
                "input":[{"role":"user","content":[{"type":"input_text","text":"Weather?"}]},
                 {"type":"reasoning","id":"r","summary":[]},
                 {"type":"function_call","call_id":"c1","name":"weather","arguments":"{\\"a\\": 1}"},
                 {"type":"function_call_output","call_id":"c1","output":"rain"}],
                "tools":[{"type":"function","name":"weather","parameters":{"type":"object"},"strict":true}],
                "text":{"format":{"type":"text"}}""");
        var call = engine.take();
        assertThat(call.prompt())
                .isEqualTo(
                        "(weather <tool_call>{\"name\")[user]Weather?[assistant]weather{\"a\": 1}[tool]rain[assistant]<think>");
        call.say("</think><tool_call>{\"name\":\"weather\",\"arguments\":{\"b\":2}}</tool_call>")
                .finish(FinishReason.LENGTH, new Usage(7, 9));
        assertThat(answer.get().body())
                .contains("\"status\":\"incomplete\"")
                .contains("\"incomplete_details\":{\"reason\":\"max_output_tokens\"}")
                .containsPattern("\"type\":\"function_call\",\"status\":\"completed\",\"call_id\":\"[0-9A-Za-z]{9}\","
                        + "\"name\":\"weather\",\"arguments\":\"\\{\\\\\"b\\\\\":2}\"")
                .contains("\"strict\":true");
    }

    @Test
    void aStreamTellsHowTheItemsGrow() throws Exception {
        var answer = ask("\"input\":\"Hi\",\"stream\":true,\"tools\":[{\"type\":\"function\",\"name\":\"f\"}]");
        engine.take()
                .say("Hm</think>Yo<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>")
                .finish(FinishReason.STOP, new Usage(7, 9));
        var events = answer.get().body();
        var types = Pattern.compile("event: (\\S+)")
                .matcher(events)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(types)
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.reasoning_text.delta",
                        "response.reasoning_text.delta",
                        "response.reasoning_text.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.completed");
        for (int i = 0; i < types.size(); i++)
            assertThat(events).contains("\"type\":\"" + types.get(i) + "\",\"sequence_number\":" + i + ",");
        assertThat(events).endsWith("\"total_tokens\":16}}}\n\n");
    }

    @Test
    void aFormatIsPassedToAnEngineThatCanKeepIt() throws Exception {
        var answer = ask(
                "\"input\":\"Hi\",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{\"type\":\"object\"}}}");
        var call = engine.take();
        assertThat(call.request().sampling().extras())
                .containsEntry("guided_decoding", Map.of("json", Map.of("type", "object")));
        call.say("</think>{}").finish(FinishReason.STOP, new Usage(1, 1));
        assertThat(answer.get().body()).contains("\"text\":\"{}\"");
    }

    private static void sayWithLogProbs(DrivenEngine.Call call, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8))
            call.emit(Chunk.ofLogProbs(
                    List.of(new TokenLogProb(b, -b / 8.0, List.of(new TokenLogProb.Candidate('z', -0.5))))));
        call.finish(FinishReason.STOP, new Usage(1, text.length()));
    }

    private static String logProb(char token) {
        return "{\"token\":\"%c\",\"logprob\":%s,\"bytes\":[%d],\"top_logprobs\":[{\"token\":\"z\",\"logprob\":-0.5,\"bytes\":[122]}]}"
                .formatted(token, -token / 8.0, (int) token);
    }

    @Test
    void logProbabilitiesOfTheMessagesTokensAreIncludedWhereTheyAreAskedFor() throws Exception {
        var asks = "\"input\":\"Hi\",\"include\":[\"message.output_text.logprobs\"],\"top_logprobs\":1";
        var answer = ask(asks);
        var call = engine.take();
        assertThat(call.request().output().logProbs()).hasValue(1);
        sayWithLogProbs(call, "Hm.</think>Yo");
        assertThat(answer.get().body())
                .contains("\"text\":\"Yo\",\"annotations\":[],\"logprobs\":[%s,%s]}"
                        .formatted(logProb('Y'), logProb('o')))
                .contains("\"content\":[{\"type\":\"reasoning_text\",\"text\":\"Hm.\"}]")
                .contains("\"top_logprobs\":1,");
        var stream = ask(asks + ",\"stream\":true");
        sayWithLogProbs(engine.take(), "Hm.</think>Yo");
        var both = "\"logprobs\":[%s,%s]".formatted(logProb('Y'), logProb('o'));
        assertThat(stream.get().body())
                .contains("\"delta\":\"Y\",\"logprobs\":[%s]".formatted(logProb('Y')))
                .contains("\"delta\":\"o\",\"logprobs\":[%s]".formatted(logProb('o')))
                .contains("\"text\":\"Yo\"," + both)
                .contains("\"text\":\"Yo\",\"annotations\":[]," + both);
        assertThat(stream.get().body().split("\"token\":\"o\"", -1)).hasSize(6); // delta, done, part, item, response
    }

    @Test
    void withoutThemNoEngineIsAskedForLogProbabilities() throws Exception {
        var answer = ask("\"input\":\"Hi\",\"include\":[],\"top_logprobs\":0");
        var call = engine.take();
        assertThat(call.request().output().logProbs()).isEmpty();
        call.finish(FinishReason.STOP, new Usage(1, 0));
        assertThat(answer.get().statusCode()).isEqualTo(200);
        engine.close();
        fixture.engine();
        var refused = ask("\"input\":\"Hi\",\"include\":[\"message.output_text.logprobs\"]")
                .get();
        assertThat(refused.body()).contains("include: model 'model' does not offer log-probabilities");
    }

    @Test
    void whatIsNotUnderstoodIsRefusedByName() throws Exception {
        for (var wrong : List.of(
                List.of("\"input\":[]", "input"),
                List.of("\"input\":5", "input"),
                List.of("\"input\":[{\"type\":\"image\"}]", "input[0].type"),
                List.of(
                        "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\"}]}]",
                        "input[0].content[0].type"),
                List.of("\"input\":\"x\",\"previous_response_id\":\"resp_1\"", "previous_response_id"),
                List.of("\"input\":\"x\",\"tools\":[{\"type\":\"web_search\"}]", "tools[0].type"),
                List.of("\"input\":\"x\",\"include\":[\"file_search_call.results\"]", "include[0]"),
                List.of("\"input\":\"x\",\"top_logprobs\":2", "top_logprobs"),
                List.of("\"instructions\":\"x\"", "input"))) {
            var refused = ask(wrong.get(0)).get();
            assertThat(refused.statusCode()).as(wrong.get(0)).isEqualTo(400);
            assertThat(refused.body()).contains("\"param\":\"" + wrong.get(1) + "\"");
        }
    }
}
