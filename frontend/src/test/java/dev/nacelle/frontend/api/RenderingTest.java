package dev.nacelle.frontend.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.nacelle.frontend.text.Tokenizer;
import dev.nacelle.frontend.text.Tokenizers;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.TokenLogProb.Candidate;
import dev.nacelle.spi.request.Usage;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class RenderingTest {
    private static final ResponseHead HEAD = new ResponseHead("id-1", 1763779200, "a \"model\"");
    private static final String HEAD_JSON = ",\"created\":1763779200,\"model\":\"a \\\"model\\\"\",";
    private static final Tokenizer TOKENIZER = Tokenizers.bytes();
    private static final ReplyShape SHAPE =
            new ReplyShape(HEAD, TOKENIZER, 1, false, Optional::empty, true, true, List.of(), Map.of());
    private static final List<TokenLogProb> LOG_PROBS = List.of(
            new TokenLogProb(
                    'h', -0.5, List.of(new Candidate('h', -0.5), new Candidate(0xC3, Double.NEGATIVE_INFINITY))),
            new TokenLogProb(0xA9, -1, List.of(new Candidate(0xFF, -0.25))));

    private final ChunkRenderer chat = ChunkRenderer.chat(HEAD, 0, false, TOKENIZER);
    private final ChunkRenderer completion = ChunkRenderer.completion(HEAD, 1, false, TOKENIZER);

    private static ResponseBodies.Choice withLogProbs(String text, FinishReason reason) {
        return new ResponseBodies.Choice(text, reason, Optional.of(LOG_PROBS), List.of(1, 1), Optional.empty());
    }

    private static String written(Consumer<JsonBuffer> writer) {
        var out = new JsonBuffer();
        writer.accept(out);
        return out.toString();
    }

    private static String event(Consumer<JsonBuffer> writer) {
        var text = written(writer);
        assertThat(text).startsWith("data: {").endsWith("}\n\n");
        var json = text.substring(6, text.length() - 2);
        assertThat(json).doesNotContain("\n");
        Json.object(json);
        return json;
    }

    @Test
    void aChatsStreamHasOpenAisShape() {
        var head = "{\"id\":\"id-1\",\"object\":\"chat.completion.chunk\"" + HEAD_JSON + "\"choices\":[{\"index\":0,";
        assertThat(event(chat::begin))
                .isEqualTo(
                        head
                                + "\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}]}");
        assertThat(event(out -> chat.text(out, "Hi\n\"é\"")))
                .isEqualTo(head
                        + "\"delta\":{\"content\":\"Hi\\n\\\"é\\\"\"},\"logprobs\":null,\"finish_reason\":null}]}");
        assertThat(event(out -> chat.finish(out, FinishReason.LENGTH)))
                .isEqualTo(head + "\"delta\":{},\"logprobs\":null,\"finish_reason\":\"length\"}]}");
    }

    @Test
    void aCompletionsStreamHasOpenAisShape() {
        var head = "{\"id\":\"id-1\",\"object\":\"text_completion\"" + HEAD_JSON + "\"choices\":[{\"index\":1,";
        assertThat(written(completion::begin)).isEmpty();
        assertThat(event(out -> completion.text(out, "Hi")))
                .isEqualTo(head + "\"text\":\"Hi\",\"logprobs\":null,\"finish_reason\":null}]}");
        assertThat(event(out -> completion.finish(out, FinishReason.STOP)))
                .isEqualTo(head + "\"text\":\"\",\"logprobs\":null,\"finish_reason\":\"stop\"}]}");
    }

    @Test
    void usageComesInAChunkOfItsOwnAndIsNullBefore() {
        var withUsage = ChunkRenderer.chat(HEAD, 0, true, TOKENIZER);
        assertThat(event(withUsage::begin)).endsWith("}],\"usage\":null}");
        assertThat(event(out -> withUsage.text(out, "x"))).endsWith("}],\"usage\":null}");
        assertThat(event(out -> withUsage.text(out, "x", LOG_PROBS))).endsWith("}],\"usage\":null}");
        assertThat(event(out -> withUsage.finish(out, FinishReason.STOP))).endsWith("}],\"usage\":null}");
        assertThat(event(out -> withUsage.usage(out, new Usage(5, 7, 2))))
                .endsWith("\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":2}}}");
    }

    @Test
    void streamsEndAndWaitInTheirOwnWay() {
        assertThat(written(ChunkRenderer::done)).isEqualTo("data: [DONE]\n\n");
        assertThat(written(ChunkRenderer::waiting)).isEqualTo(": waiting\n\n");
        var error = ApiError.of(new EngineError.StreamIncomplete("cut\noff"));
        var body = new String(error.body(), UTF_8);
        assertThat(written(out -> ChunkRenderer.error(out, error, "r-1")))
                .isEqualTo(
                        "event: error\ndata: " + body.substring(0, body.length() - 2) + ",\"request_id\":\"r-1\"}}\n\n")
                .contains("cut\\noff");
    }

    @Test
    void aChatsLogProbabilitiesNameTokensAndBytes() {
        assertThat(event(out -> chat.text(out, "hé", LOG_PROBS)))
                .contains(
                        "\"delta\":{\"content\":\"hé\"},\"logprobs\":{\"content\":["
                                + "{\"token\":\"h\",\"logprob\":-0.5,\"bytes\":[104],\"top_logprobs\":["
                                + "{\"token\":\"h\",\"logprob\":-0.5,\"bytes\":[104]},"
                                + "{\"token\":\"\uFFFD\",\"logprob\":-9999.0,\"bytes\":[195]}]},"
                                + "{\"token\":\"\uFFFD\",\"logprob\":-1.0,\"bytes\":[169],\"top_logprobs\":["
                                + "{\"token\":\"\uFFFD\",\"logprob\":-0.25,\"bytes\":[255]}]}],\"refusal\":null},\"finish_reason\":null");
    }

    @Test
    void aCompletionsLogProbabilitiesAreArraysWhoseOffsetsRunOn() {
        assertThat(event(out -> completion.text(out, "hé", LOG_PROBS)))
                .contains("\"text\":\"hé\",\"logprobs\":{\"tokens\":[\"h\",\"\uFFFD\"],\"token_logprobs\":[-0.5,-1.0],"
                        + "\"top_logprobs\":[{\"h\":-0.5,\"\uFFFD\":-9999.0},{\"\uFFFD\":-0.25}],\"text_offset\":[0,1]},"
                        + "\"finish_reason\":null");
        assertThat(event(out -> completion.text(out, "", LOG_PROBS))).contains("\"text_offset\":[2,3]");
        assertThat(event(out -> completion.text(out, "x", List.of()))).contains("\"tokens\":[],", "\"text_offset\":[]");
    }

    @Test
    void theTokenPathAllocatesNothing() {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var out = new JsonBuffer();
        var delta = new StringBuilder();
        delta.append("some \"text\" – 世界\n");
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = bean.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                out.clear();
                chat.text(out, delta);
                out.view();
            }
            least = Math.min(least, bean.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1000);
    }

    @Test
    void aChatInOnePieceHasOpenAisShape() {
        var choices =
                List.of(new ResponseBodies.Choice("Hi\n", FinishReason.STOP), withLogProbs("h", FinishReason.LENGTH));
        var json = written(out -> ResponseBodies.chat(out, SHAPE, choices, new Usage(3, 4)));
        assertThat(json)
                .startsWith("{\"id\":\"id-1\",\"object\":\"chat.completion\"" + HEAD_JSON + "\"choices\":[{\"index\":0,"
                        + "\"message\":{\"role\":\"assistant\",\"content\":\"Hi\\n\",\"refusal\":null},\"logprobs\":null,"
                        + "\"finish_reason\":\"stop\"},{\"index\":1,")
                .contains("\"logprobs\":{\"content\":[")
                .endsWith("\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,"
                        + "\"total_tokens\":7,\"prompt_tokens_details\":{\"cached_tokens\":0}}}");
        assertThat(Json.object(json).get("choices"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(2);
    }

    @Test
    void aCompletionInOnePieceHasOpenAisShape() {
        var choices = List.of(withLogProbs("Hi", FinishReason.STOP));
        var json = written(out -> ResponseBodies.completion(out, SHAPE, choices, new Usage(3, 4)));
        assertThat(json)
                .startsWith("{\"id\":\"id-1\",\"object\":\"text_completion\"" + HEAD_JSON
                        + "\"choices\":[{\"index\":0,\"text\":\"Hi\",\"logprobs\":{\"tokens\":[");
        assertThat(Json.object(json).keySet().toArray())
                .containsExactly("id", "object", "created", "model", "choices", "usage");
    }

    @Test
    void modelsAreListed() {
        var models = List.of(
                new ResponseBodies.Model("m", 7, OptionalInt.of(256)),
                new ResponseBodies.Model("n/o", 8, OptionalInt.empty()));
        assertThat(Json.read(written(out -> ResponseBodies.models(out, models))))
                .isEqualTo(Map.of(
                        "object",
                        "list",
                        "data",
                        List.of(
                                Map.of(
                                        "id",
                                        "m",
                                        "object",
                                        "model",
                                        "created",
                                        7L,
                                        "owned_by",
                                        "nacelle",
                                        "max_model_len",
                                        256L),
                                Map.of("id", "n/o", "object", "model", "created", 8L, "owned_by", "nacelle"))));
        assertThat(written(out -> ResponseBodies.models(out, List.of())))
                .isEqualTo("{\"object\":\"list\",\"data\":[]}");
    }
}
