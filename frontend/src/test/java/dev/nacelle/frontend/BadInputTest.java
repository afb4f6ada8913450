package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.chatBody;
import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes in: a 4xx that says what is wrong, and a request that was under way all the time never notices. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETION = "/v1/completions";

    private final FrontendFixture fixture;
    private final DrivenEngine engine;
    private final RawClient undisturbed;
    private final DrivenEngine.Call underWay;

    BadInputTest() throws Exception {
        fixture = new FrontendFixture("limits.body_timeout=300ms", "limits.head=4KiB", "limits.head_timeout=500ms");
        engine = fixture.engine();
        fixture.whenReady();
        undisturbed = fixture.raw();
        undisturbed.post(COMPLETION, completionBody("x", ",\"stream\":true"));
        underWay = engine.take();
    }

    @BeforeAll
    void begin() throws Exception {
        underWay.say("a");
        undisturbed.until("\"text\":\"a\"");
    }

    @AfterAll
    void nothingElseIsDisturbed() throws Exception {
        underWay.say("z");
        underWay.finish(FinishReason.STOP, new Usage(2, 2));
        assertThat(undisturbed.until("[DONE]")).contains("\"text\":\"z\"").doesNotContain("event: error");
        assertThat(engine.isIdle()).as("nothing of it reached the engine").isTrue();
        undisturbed.close();
        fixture.close();
    }

    @Test
    void garbageOnOneConnectionIsNothingToAnother() throws Exception {
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Callable<String>>();
            for (int i = 0; i < 500; i++) {
                answers.add(() -> answer("\u0000\u0001 /v1 \r\n\r\n"));
                answers.add(() -> answer(RawClient.head("/v1/nothing", 2) + "{}"));
            }
            var all = clients.invokeAll(answers);
            for (int i = 0; i < all.size(); i += 2) {
                assertThat(all.get(i).get()).startsWith("HTTP/1.1 400");
                assertThat(all.get(i + 1).get()).startsWith("HTTP/1.1 404");
            }
        }
    }

    private String answer(String request) throws Exception {
        try (var client = fixture.raw()) {
            return client.send(request).until("\r\n\r\n");
        }
    }

    static Stream<Arguments> bodies() {
        var deep = "[".repeat(10_000) + "]".repeat(10_000);
        return Stream.of(
                bad("no JSON", CHAT, "hello", "JSON"),
                bad("an empty body", CHAT, "", "body"),
                bad("half a body", CHAT, "{\"model\":\"model\",\"messages\":[", "JSON"),
                bad("an array", CHAT, "[]", "object"),
                bad("two bodies", COMPLETION, completionBody("x", "") + "{}", "body"),
                bad("a duplicate key", COMPLETION, completionBody("x", ",\"prompt\":\"y\""), "prompt"),
                bad("no model", CHAT, "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "model"),
                bad("no messages", CHAT, "{\"model\":\"model\"}", "messages"),
                bad("empty messages", CHAT, "{\"model\":\"model\",\"messages\":[]}", "messages"),
                bad("a message of no role", CHAT, "{\"model\":\"model\",\"messages\":[{\"content\":\"x\"}]}", "role"),
                bad(
                        "content of a wrong type",
                        CHAT,
                        "{\"model\":\"model\",\"messages\":[{\"role\":\"user\",\"content\":7}]}",
                        "messages[0].content"),
                bad("no prompt", COMPLETION, "{\"model\":\"model\"}", "prompt"),
                bad("an empty prompt", COMPLETION, completionBody("", ""), "prompt"),
                bad("a prompt of no tokens", COMPLETION, "{\"model\":\"model\",\"prompt\":[]}", "prompt"),
                bad("a negative token", COMPLETION, "{\"model\":\"model\",\"prompt\":[-1]}", "prompt"),
                bad("an over-long prompt", COMPLETION, completionBody("x".repeat(5000), ""), "prompt"),
                bad("an over-long chat", CHAT, chatBody("x".repeat(5000), ""), "messages"),
                bad("max_tokens 0", CHAT, chatBody("x", ",\"max_tokens\":0"), "max_tokens"),
                bad("max_tokens -1", CHAT, chatBody("x", ",\"max_tokens\":-1"), "max_tokens"),
                bad("max_tokens 10^12", CHAT, chatBody("x", ",\"max_tokens\":1000000000000"), "max_tokens"),
                bad("max_tokens 1e12", CHAT, chatBody("x", ",\"max_tokens\":1e12"), "max_tokens"),
                bad("max_tokens of a wrong type", CHAT, chatBody("x", ",\"max_tokens\":\"7\""), "max_tokens"),
                bad("temperature NaN", CHAT, chatBody("x", ",\"temperature\":NaN"), "temperature"),
                bad("temperature 1e999", CHAT, chatBody("x", ",\"temperature\":1e999"), "temperature"),
                bad("temperature of a wrong type", CHAT, chatBody("x", ",\"temperature\":\"hot\""), "temperature"),
                bad("top_p 0", CHAT, chatBody("x", ",\"top_p\":0"), "top_p"),
                bad("stream of a wrong type", CHAT, chatBody("x", ",\"stream\":\"yes\""), "stream"),
                bad("stop of a wrong type", CHAT, chatBody("x", ",\"stop\":[7]"), "stop"),
                bad("an empty stop string", CHAT, chatBody("x", ",\"stop\":\"\""), "stop"),
                bad("n 500", CHAT, chatBody("x", ",\"n\":500"), "n:"),
                bad("best_of 2", CHAT, chatBody("x", ",\"best_of\":2"), "best_of:"),
                bad("depth 10 000", CHAT, chatBody("x", ",\"extra\":" + deep), "deep"),
                bad("depth 10 000 of nothing else", CHAT, deep, "object"),
                bad("an unpaired surrogate", COMPLETION, "{\"model\":\"model\",\"prompt\":\"\\ud800\"}", "prompt"));
    }

    private static Arguments bad(String what, String path, String body, String named) {
        return Arguments.of(what, path, body, named);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void aBadBodyIsRefusedByName(String what, String path, String body, String named) throws Exception {
        var answer = fixture.send(fixture.post(path, body));
        assertThat(answer.statusCode()).as(what).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.body())
                .startsWith("{\"error\":{\"message\":\"")
                .containsIgnoringCase(named)
                .contains("\"type\":\"invalid_request_error\"")
                .doesNotContain("Exception")
                .doesNotContain("java")
                .doesNotContain("jackson");
    }

    @Test
    void invalidUtf8IsRefused() throws Exception {
        var body = completionBody("abc", "").getBytes(StandardCharsets.UTF_8);
        body[body.length - 4] = (byte) 0xFF;
        var answer = fixture.send(fixture.request(COMPLETION)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("UTF-8");
    }

    @Test
    void anUnknownModelIsNotFound() throws Exception {
        var answer = fixture.send(
                fixture.post(CHAT, chatBody("x", "").replace("\"model\":\"model\"", "\"model\":\"other\"")));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("'other'").contains("\"code\":\"model_not_found\"");
        fixture.awaitMetric(
                "dynamo_frontend_requests_total{endpoint=\"chat_completions\",error_type=\"not_found\",model=\"unknown\",request_type=\"unary\",status=\"error\"}",
                1);
    }

    @Test
    void anUnknownPathIsNotFound() throws Exception {
        for (var path : new String[] {"/v1/other", "/v1", "/", "/other", "/v1/chat/completions/more"}) {
            var answer = fixture.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.body()).startsWith("{\"error\":{");
        }
    }

    @Test
    void aWrongMethodIsNamed() throws Exception {
        var answer = fixture.get(CHAT);
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("POST");
        assertThat(answer.body()).contains("GET");
        assertThat(fixture.send(fixture.post("/v1/models", "{}")).statusCode()).isEqualTo(405);
    }

    @Test
    void aBodyThatIsNotJsonIsNotTaken() throws Exception {
        for (var type : new String[] {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
            var answer = fixture.send(fixture.request(CHAT)
                    .header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofString(chatBody("x", "")))
                    .build());
            assertThat(answer.statusCode()).isEqualTo(415);
            assertThat(answer.body()).contains("content-type").contains(type);
        }
        var compressed = fixture.send(fixture.request(CHAT)
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build());
        assertThat(compressed.statusCode()).isEqualTo(415);
    }

    @Test
    void aBodyOf100MegabytesIsRefused() throws Exception {
        try (var patient = new FrontendFixture();
                var client = patient.raw()) {
            client.send(RawClient.head(CHAT, 100_000_000));
            var part = "x".repeat(1_000_000);
            for (int i = 0; i < 100; i++) client.send(part);
            assertThat(client.untilClosed()).startsWith("HTTP/1.1 413 ").contains("8388608 bytes");
        }
    }

    @Test
    void aClientThatAsksFirstIsToldBeforeItSends() throws Exception {
        try (var client = fixture.raw()) {
            client.send(RawClient.head(CHAT, 100_000_000).replace("Host:", "Expect: 100-continue\r\nHost:"));
            assertThat(client.untilClosed()).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void aClientThatAsksFirstAndMaySendIsAnswered() throws Exception {
        try (var client = fixture.raw()) {
            client.send(RawClient.head(CHAT, 2).replace("Host:", "Expect: 100-continue\r\nHost:"));
            client.until("HTTP/1.1 100 ");
            client.send("{}");
            client.until("HTTP/1.1 400 ");
        }
    }

    @Test
    void aBodyThatDoesNotComeIsNotWaitedForForEver() throws Exception {
        try (var silent = fixture.raw();
                var trickling = fixture.raw()) {
            silent.send(RawClient.head(CHAT, 1000)).send("{\"model\":");
            trickling.send(RawClient.head(CHAT, 1_000_000));
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    while (!Thread.interrupted()) trickling.send(" ");
                } catch (java.io.IOException e) {
                    // The server has closed the connection.
                }
            });
            assertThat(silent.untilClosed()).startsWith("HTTP/1.1 408 ").contains("300 ms");
            assertThat(trickling.until("}}")).startsWith("HTTP/1.1 408 ");
            sender.interrupt();
            sender.join();
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfItsBodyIsForgotten() throws Exception {
        try (var client = fixture.raw()) {
            client.send(RawClient.head(COMPLETION, 1000)).send("{\"model\":");
        }
        fixture.awaitMetric("dynamo_frontend_active_requests{model=\"unknown\"}", 0);
    }

    @Test
    void whatIsNoHttpIsAnsweredInJson() throws Exception {
        try (var client = fixture.raw()) {
            client.send("this is no HTTP\r\n\r\n");
            assertThat(client.untilClosed()).startsWith("HTTP/1.1 400 ").contains("{\"error\":{");
        }
        for (var garbage : new String[] {
            "GET /v1/models7\u00f0H: x\r\n\r\n",
            "PRI * HTTP\r\n\r\nSM\r\n\r\n",
            "PRI * .0\r\n\r\nS%\r\n\r\n",
            "GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /v1/../../x HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/3.9\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n",
            "POST /v1/models HTTP/1.1\r\nHost: localhost\r\nContent-Length: -7\r\n\r\n",
            "POST /v1/models HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\nContent-Length: 8\r\n\r\n",
            "\0\1\2\3\r\n\r\n"
        })
            try (var client = fixture.raw()) {
                client.send(garbage);
                assertThat(client.until("}}"))
                        .as(garbage)
                        .startsWith("HTTP/1.1 4")
                        .contains("{\"error\":{");
            }
        try (var client = fixture.raw()) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(10_000) + "\r\n\r\n");
            assertThat(client.untilClosed()).startsWith("HTTP/1.1 431 ").contains("{\"error\":{");
        }
        try (var client = fixture.raw()) {
            client.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n");
            assertThat(client.untilClosed()).startsWith("HTTP/1.1 400 ").contains("{\"error\":{");
        }
    }

    @Test
    void aHeadThatDoesNotEndIsNotWaitedForForEver() throws Exception {
        try (var client = fixture.raw()) {
            // The second request of a connection is no exception.
            client.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n").until("\"data\"");
            client.forget().send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Long: ");
            client.untilClosed();
        }
    }

    @Test
    void anHttp10ClientIsServed() throws Exception {
        try (var client = fixture.raw()) {
            client.send("GET /v1/models HTTP/1.0\r\n\r\n");
            assertThat(client.untilClosed()).startsWith("HTTP/1.1 200 ").contains("\"id\":\"model\"");
        }
    }
}
