package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamingTest {
    private static final String CHAT = """
            {"model":"model","stream":true,"messages":[{"role":"user","content":"hello"}]%s}""";
    private static final String COMPLETION = """
            {"model":"model","stream":true,"prompt":"hello"%s}""";

    private final FrontendFixture fixture;
    private final DrivenEngine engine;
    private final RawClient client;

    StreamingTest() throws Exception {
        fixture = new FrontendFixture("waiting_comment_interval=100ms");
        engine = fixture.engine();
        client = fixture.raw();
    }

    @BeforeEach
    void awaitTokenizer() {
        while (!fixture.health().isReady()) Thread.onSpinWait();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        fixture.close();
    }

    @Test
    void aChatStreamsOneEventAToken() throws Exception {
        client.post("/v1/chat/completions", CHAT.formatted(""));
        var call = engine.take();
        assertThat(call.prompt()).isEqualTo("User: hello\n\nAssistant:");
        assertThat(call.request().stop().maxTokens())
                .as("the rest of the context")
                .hasValue(976);
        call.say("H");
        var first = client.until("\"content\":\"H\"");
        assertThat(first)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("Content-Type: text/event-stream\r\n")
                .containsIgnoringCase("Cache-Control: no-cache\r\n")
                .contains("X-Accel-Buffering: no\r\n")
                .contains("X-Request-Id: " + call.head().id())
                .contains("\"role\":\"assistant\"")
                .contains("\"id\":\"chatcmpl-" + call.head().id());
        call.say("i!");
        call.finish(FinishReason.STOP, new Usage(24, 3));
        var all = client.until("data: [DONE]\n\n");
        assertThat(all.split("\"delta\":\\{\"content\":", -1)).hasSize(4);
        assertThat(all).contains("\"finish_reason\":\"stop\"").doesNotContain("\"usage\":{");
    }

    @Test
    void aCompletionStreamsAndTheConnectionIsUsedAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            client.forget().post("/v1/completions", COMPLETION.formatted(""));
            var call = engine.take();
            assertThat(call.prompt()).isEqualTo("hello");
            assertThat(call.request().stop().maxTokens()).hasValue(16);
            call.say("ab").finish(FinishReason.LENGTH, new Usage(6, 2));
            var all = client.until("[DONE]\n\n");
            assertThat(all)
                    .contains("\"text\":\"a\"")
                    .contains("\"text\":\"b\"")
                    .contains("\"finish_reason\":\"length\"")
                    .contains("data: [DONE]");
        }
    }

    @Test
    void usageComesWhereItIsAskedFor() throws Exception {
        client.post("/v1/completions", COMPLETION.formatted(",\"stream_options\":{\"include_usage\":true}"));
        engine.take().say("x").finish(FinishReason.STOP, new Usage(6, 1, 4));
        assertThat(client.until("data: [DONE]"))
                .contains("\"usage\":{\"prompt_tokens\":6,\"completion_tokens\":1,\"total_tokens\":7,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":4}}");
    }

    @Test
    void halfACharacterWaitsForItsRest() throws Exception {
        client.post("/v1/completions", COMPLETION.formatted(""));
        engine.take().say("é").finish(FinishReason.STOP, new Usage(6, 2));
        assertThat(client.until("[DONE]")).contains("\"text\":\"é\"").doesNotContain("\uFFFD");
    }

    @Test
    void aStopStringAcrossTokensEndsTheStreamAndTheEngine() throws Exception {
        client.post(
                "/v1/completions",
                COMPLETION.formatted(",\"stop\":[\"END\"],\"stream_options\":{\"include_usage\":true}"));
        var call = engine.take();
        call.say("abE");
        assertThat(client.until("\"text\":\"b\"")).doesNotContain("E\"");
        call.say("NDxy");
        assertThat(client.until("[DONE]"))
                .contains("\"finish_reason\":\"stop\"")
                .contains("\"completion_tokens\":5")
                .doesNotContain("\"text\":\"x\"")
                .doesNotContain("\"text\":\"N\"");
        assertThat(call.cancelled().get()).isEqualTo(CancelCause.SATISFIED);
        fixture.awaitMetric(
                "dynamo_frontend_requests_total{endpoint=\"completions\",error_type=\"\",model=\"model\",request_type=\"stream\",status=\"success\"}",
                1);
        assertThat(
                        fixture.metric(
                                "dynamo_frontend_model_cancellation_total{endpoint=\"completions\",model=\"model\",request_type=\"stream\"}"))
                .isZero();
    }

    @Test
    void aRequestThatWaitsGetsCommentsAndThenItsAnswer() throws Exception {
        client.post("/v1/chat/completions", CHAT.formatted(""));
        var call = engine.take();
        client.until(": waiting\n\n");
        client.forget().until(": waiting\n\n");
        call.say("a");
        call.finish(FinishReason.STOP, new Usage(24, 1));
        assertThat(client.until("[DONE]")).contains("\"content\":\"a\"");
    }

    @Test
    void aSilenceBetweenTokensIsFilledToo() throws Exception {
        client.post("/v1/completions", COMPLETION.formatted(""));
        var call = engine.take();
        call.say("a");
        client.until("\"text\":\"a\"");
        client.until(": waiting");
        call.finish(FinishReason.STOP, new Usage(6, 1));
        client.until("[DONE]");
    }

    @Test
    void anErrorBeforeTheFirstByteIsAnHttpError() throws Exception {
        client.post("/v1/chat/completions", CHAT.formatted(""));
        engine.take().fail(new EngineError.Overloaded("too busy", Duration.ofMillis(2500)));
        assertThat(client.until("}}"))
                .startsWith("HTTP/1.1 429 ")
                .contains("Retry-After: 3\r\n")
                .containsIgnoringCase("Content-Type: application/json\r\n")
                .contains("\"message\":\"too busy\"");
        fixture.awaitMetric("dynamo_frontend_model_rejection_total{endpoint=\"chat_completions\",model=\"model\"}", 1);
    }

    @Test
    void anErrorAfterACommentIsTheLastEvent() throws Exception {
        client.post("/v1/chat/completions", CHAT.formatted(""));
        var call = engine.take();
        client.until(": waiting");
        call.fail(new EngineError.EngineShutdown("going away"));
        assertThat(client.until("}}\n\n"))
                .contains("event: error\ndata: {\"error\":{\"message\":\"going away\"")
                .doesNotContain("[DONE]");
    }

    @Test
    void anErrorInTheMiddleIsTheLastEvent() throws Exception {
        client.post("/v1/completions", COMPLETION.formatted(""));
        var call = engine.take();
        call.say("abc").fail(new EngineError.StreamIncomplete("broke off"));
        assertThat(client.until("}}\n\n"))
                .contains("\"text\":\"c\"")
                .contains("event: error\ndata: {\"error\":{\"message\":\"broke off\"")
                .doesNotContain("[DONE]");
        fixture.awaitMetric(
                "dynamo_frontend_requests_total{endpoint=\"completions\",error_type=\"truncated_stream\",model=\"model\",request_type=\"stream\",status=\"error\"}",
                1);
    }

    @Test
    void textOfAnEngineIsPassedOn() throws Exception {
        client.post("/v1/completions", COMPLETION.formatted(""));
        var call = engine.take();
        call.emit(Chunk.ofText("one ")).emit(Chunk.ofTokens('t', 'w', 'o')).finish(FinishReason.STOP, new Usage(6, 4));
        assertThat(client.until("[DONE]")).contains("\"text\":\"one \"").contains("\"text\":\"two\"");
    }

    @Test
    void anHttp10ClientGetsItsStreamToo() throws Exception {
        var body = COMPLETION.formatted("");
        client.send(RawClient.head("/v1/completions", body.length()).replace("HTTP/1.1", "HTTP/1.0") + body);
        var call = engine.take().say("a");
        client.until("\"text\":\"a\"");
        call.finish(FinishReason.STOP, new Usage(6, 1));
        assertThat(client.untilClosed()).endsWith("data: [DONE]\n\n");
    }

    @Test
    void aBodyInChunksIsRead() throws Exception {
        var body = COMPLETION.formatted("");
        client.send(RawClient.head("/v1/completions", 0).replace("Content-Length: 0", "Transfer-Encoding: chunked"));
        client.send("%x\r\n%s\r\n".formatted(10, body.substring(0, 10)));
        client.send("%x\r\n%s\r\n0\r\n\r\n".formatted(body.length() - 10, body.substring(10)));
        engine.take().say("a").finish(FinishReason.STOP, new Usage(6, 1));
        client.until("[DONE]");
    }

    @Test
    void aStreamWithoutATokenIsWhole() throws Exception {
        client.post("/v1/chat/completions", CHAT.formatted(""));
        engine.take().finish(FinishReason.STOP, new Usage(24, 0));
        assertThat(client.until("[DONE]")).contains("\"role\":\"assistant\"").contains("\"finish_reason\":\"stop\"");
    }
}
