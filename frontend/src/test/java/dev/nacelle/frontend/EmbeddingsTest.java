package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.spi.Capability;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EmbeddingsTest {
    private static final EngineConfig MODEL = EngineConfig.of("model", Registration.ofContext(20));

    private final FrontendFixture fixture;

    EmbeddingsTest() throws Exception {
        fixture = new FrontendFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private CompletableFuture<HttpResponse<String>> embed(String members) {
        var body = "{\"model\":\"model\"," + members + "}";
        return fixture.client().sendAsync(fixture.post("/v1/embeddings", body), BodyHandlers.ofString());
    }

    private DrivenEngine engine(Capability... capabilities) {
        var engine = fixture.engine(MODEL.withCapabilities(capabilities));
        fixture.whenReady();
        return engine;
    }

    @Test
    void oneInputHasOneVector() throws Exception {
        var engine = engine(Capability.EMBEDDINGS);
        var answer = embed("\"input\":\"hi\",\"user\":\"u\"");
        var call = engine.take();
        assertThat(call.request().task()).isEqualTo(Task.EMBED);
        assertThat(call.request().prompt()).isEqualTo(new Prompt.Tokens(256, 'h', 'i'));
        assertThat(call.request().stop()).isEqualTo(StopConditions.NONE);
        call.emit(Chunk.ofEmbedding(0.5f, -1, 1e-9f)).finish(FinishReason.STOP, new Usage(3, 0));
        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(answer.get().body())
                .isEqualTo(
                        "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5,-1.0,1.0E-9]}],"
                                + "\"model\":\"model\",\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}");
        fixture.awaitMetric(
                "dynamo_frontend_requests_total{endpoint=\"embeddings\",error_type=\"\",model=\"model\",request_type=\"unary\",status=\"success\"}",
                1);
        assertThat(fixture.metric("dynamo_frontend_input_sequence_tokens_sum{model=\"model\"}"))
                .isEqualTo(3);
    }

    @Test
    void severalInputsAreAnsweredInTheirOrderAndInBase64WhereThatIsAskedFor() throws Exception {
        var engine = engine(Capability.EMBEDDINGS_ONLY);
        var answer = embed("\"input\":[\"a\",[7,8]],\"encoding_format\":\"base64\",\"add_special_tokens\":false");
        var first = engine.take();
        var second = engine.take();
        assertThat(first.request().prompt()).isEqualTo(new Prompt.Tokens('a'));
        assertThat(second.request().prompt()).isEqualTo(new Prompt.Tokens(7, 8));
        second.emit(Chunk.ofEmbedding(2)).finish(FinishReason.STOP, new Usage(2, 0));
        first.emit(Chunk.ofEmbedding(1)).finish(FinishReason.STOP, new Usage(1, 0));
        assertThat(answer.get().body())
                .contains("\"index\":0,\"embedding\":\"AACAPw==\"")
                .contains("\"index\":1,\"embedding\":\"AAAAQA==\"")
                .contains("\"prompt_tokens\":3,\"total_tokens\":3");
    }

    @Test
    void manyInputsAreSentAFewAtATime() throws Exception {
        var engine = engine(Capability.EMBEDDINGS);
        int count = 2048;
        var answer = embed("\"input\":[%s]".formatted("\"x\",".repeat(count - 1) + "\"x\""));
        var calls = new ArrayList<DrivenEngine.Call>();
        for (int i = 0; i < 64; i++) calls.add(engine.take());
        assertThat(engine.isIdle()).isTrue();
        for (int i = 0; i < count; i++) {
            calls.get(i).emit(Chunk.ofEmbedding(i)).finish(FinishReason.STOP, new Usage(2, 0));
            if (calls.size() < count) calls.add(engine.take());
        }
        assertThat(answer.get().body())
                .contains("\"index\":2047,\"embedding\":[2047.0]")
                .contains("\"prompt_tokens\":4096");
        assertThat(embed("\"input\":[%s]".formatted("\"x\",".repeat(count) + "\"x\""))
                        .get()
                        .body())
                .contains("\"param\":\"input[2048]\"");
    }

    @Test
    void anEngineThatTokenizesGetsTheText() throws Exception {
        var engine = fixture.engine(MODEL.withInput(ModelInput.TEXT).withCapabilities(Capability.EMBEDDINGS));
        fixture.whenReady();
        var answer = embed("\"input\":\"hi\"");
        var call = engine.take();
        assertThat(call.request().prompt()).isEqualTo(new Prompt.Text("hi"));
        call.emit(Chunk.ofEmbedding(1)).finish(FinishReason.STOP, new Usage(7, 0));
        assertThat(answer.get().body()).contains("\"prompt_tokens\":7");
        assertThat(embed("\"input\":[1,2]").get().body()).contains("\"param\":\"input\"");
    }

    @Test
    void dimensionsAreTheEnginesToKeep() throws Exception {
        var engine = engine(Capability.EMBEDDINGS);
        var kept = embed("\"input\":\"hi\",\"dimensions\":2");
        var call = engine.take();
        assertThat(call.request().extras()).isEqualTo(Map.of("dimensions", 2L));
        call.emit(Chunk.ofEmbedding(1, 2)).finish(FinishReason.STOP, new Usage(3, 0));
        assertThat(kept.get().statusCode()).isEqualTo(200);
        var ignored = embed("\"input\":\"hi\",\"dimensions\":2");
        engine.take().emit(Chunk.ofEmbedding(1, 2, 3)).finish(FinishReason.STOP, new Usage(3, 0));
        assertThat(ignored.get().statusCode()).isEqualTo(400);
        assertThat(ignored.get().body())
                .contains("dimensions: found 2, and model 'model' gives vectors of 3: leave it out");
    }

    @Test
    void whatIsNoVectorOfNumbersIsTheServersFault() throws Exception {
        var engine = engine(Capability.EMBEDDINGS);
        var none = embed("\"input\":\"hi\"");
        engine.take().finish(FinishReason.STOP, new Usage(3, 0));
        assertThat(none.get().statusCode()).isEqualTo(502);
        var infinite = embed("\"input\":\"hi\"");
        engine.take().emit(Chunk.ofEmbedding(Float.NaN)).finish(FinishReason.STOP, new Usage(3, 0));
        assertThat(infinite.get().statusCode()).isEqualTo(500);
    }

    @Test
    void whatAModelDoesNotGiveIsRefusedWithTheEndpointThatDoes() throws Exception {
        var text = engine();
        assertRefused(
                embed("\"input\":\"hi\"").get(), "model: 'model' gives no embeddings: ask it at /v1/chat/completions");
        text.close();
        var vectors = engine(Capability.EMBEDDINGS_ONLY);
        for (var path : List.of("/v1/chat/completions", "/v1/completions", "/v1/responses"))
            assertRefused(
                    fixture.send(fixture.post(
                            path,
                            "{\"model\":\"model\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"prompt\":\"x\",\"input\":\"x\"}"
                                    .replace(path.endsWith("responses") ? "\"prompt\":\"x\"," : "§", ""))),
                    "model: 'model' gives embeddings alone: ask it at /v1/embeddings");
        assertThat(vectors.isIdle()).isTrue();
    }

    private static void assertRefused(HttpResponse<String> answer, String message) {
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(message).contains("\"param\":\"model\"");
    }

    @Test
    void inputsFitTheContextAndNeedNoRoomForMore() throws Exception {
        var engine = engine(Capability.EMBEDDINGS);
        var fits = embed("\"input\":\"%s\"".formatted("x".repeat(19)));
        engine.take().emit(Chunk.ofEmbedding(1)).finish(FinishReason.STOP, new Usage(20, 0));
        assertThat(fits.get().statusCode()).isEqualTo(200);
        var refused =
                embed("\"input\":[\"x\",\"%s\"]".formatted("x".repeat(20))).get();
        assertThat(refused.body())
                .contains("input[1]: found 21 tokens, expected at most the model's context of 20")
                .contains("context_length_exceeded");
        assertThat(engine.isIdle()).isTrue();
    }

    @Test
    void aClientThatLeavesEndsThem() throws Exception {
        var engine = engine(Capability.EMBEDDINGS);
        var client = fixture.raw();
        client.post("/v1/embeddings", "{\"model\":\"model\",\"input\":[\"a\",\"b\"]}");
        var calls = List.of(engine.take(), engine.take());
        client.close();
        for (var call : calls) assertThat(call.cancelled().get()).isEqualTo(CancelCause.CLIENT_GONE);
    }
}
