package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.chatBody;
import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole responses whose tokens come on virtual threads, each its request's own, which then read and write them. */
@Timeout(30)
class OwnThreadTest {
    private static final String OWN = "own thread";

    private final FrontendFixture fixture;
    private final DrivenEngine engine;

    OwnThreadTest() throws Exception {
        fixture = new FrontendFixture();
        engine = fixture.engine();
        fixture.whenReady();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private CompletableFuture<HttpResponse<String>> complete(String more) {
        return fixture.client()
                .sendAsync(fixture.post("/v1/completions", completionBody("hello", more)), BodyHandlers.ofString());
    }

    private static void answer(DrivenEngine.Call call, String text) {
        Thread.ofVirtual()
                .name(OWN)
                .start(() -> call.say(text)
                        .finish(FinishReason.STOP, new Usage(call.prompt().length(), text.length())));
    }

    @Test
    void requestsThatWaitOnTheirConnectionAreReadOneAfterTheOther() throws Exception {
        var prompts = new String[] {"one", "x".repeat(900), "two", "three"};
        try (var client = fixture.raw();
                var log = new RequestLog()) {
            var all = new StringBuilder();
            for (var prompt : prompts) {
                var body = chatBody(prompt, "");
                all.append(RawClient.head("/v1/chat/completions", body.length()))
                        .append(body);
            }
            client.send(all.toString());
            for (int i = 0; i < prompts.length; i++) {
                var call = engine.take();
                assertThat(call.prompt()).contains(prompts[i]);
                answer(call, "answer " + i);
                assertThat(client.until("\"content\":\"answer " + i + "\"")).doesNotContain("HTTP/1.1 4", "HTTP/1.1 5");
                assertThat(log.of(call.head().id()))
                        .containsEntry("thread", OWN)
                        .containsEntry("outcome", "ok");
            }
        }
        fixture.awaitMetric(
                "dynamo_frontend_requests_total{endpoint=\"chat_completions\",error_type=\"\","
                        + "model=\"model\",request_type=\"unary\",status=\"success\"}",
                prompts.length);
    }

    @Test
    void choicesThatComeOnThreadsOfTheirOwnAreAllWhole() throws Exception {
        for (int round = 0; round < 50; round++) {
            var answer = complete(",\"n\":8");
            var texts = new ArrayList<String>();
            for (int i = 0; i < 8; i++) {
                texts.add(String.valueOf((char) ('a' + i)).repeat(100));
                answer(engine.take(), texts.getLast());
            }
            var body = answer.get().body();
            for (var text : texts) assertThat(body).contains("\"text\":\"" + text + "\"");
        }
    }

    @Test
    void aStopStringEndsTheAnswerAndTheEngine() throws Exception {
        var answer = complete(",\"stop\":\"END\"");
        var call = engine.take();
        Thread.ofVirtual().start(() -> call.say("abENcENDxyz"));
        assertThat(answer.get().body()).contains("\"text\":\"abENc\"").contains("\"completion_tokens\":8");
        assertThat(call.cancelled().get()).isEqualTo(CancelCause.SATISFIED);
    }
}
