package dev.nacelle.frontend;

import static dev.nacelle.frontend.FrontendFixture.completionBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams by the letter of HTTP/1.1, whoever writes their chunks. */
@Timeout(60)
class ChunkedWritesTest {
    @ParameterizedTest
    @ValueSource(strings = {"auto", "off", "5"})
    void everyChunkHasTheSizeThatItSaysAndTheConnectionServesOn(String window) throws Exception {
        var random = new Random(3);
        try (var fixture = new FrontendFixture("flush_window=" + window);
                var engine = fixture.engine();
                var client = fixture.raw()) {
            fixture.whenReady();
            for (int round = 0; round < 5; round++) {
                client.forget().post("/v1/completions", completionBody("x", ",\"stream\":true,\"max_tokens\":900"));
                var call = engine.take();
                int tokens = 0;
                for (int i = 0; i < 20; i++) {
                    int count = random.nextInt(1, 20);
                    call.say("x".repeat(count));
                    tokens += count;
                    client.until("\"text\":\"x\"");
                }
                call.finish(FinishReason.LENGTH, new Usage(1, tokens));
                var body = body(client.until("\r\n0\r\n\r\n"));
                assertThat(body.split("\"text\":\"x\"", -1)).hasSize(tokens + 1);
                assertThat(body).endsWith("data: [DONE]\n\n");
            }
            fixture.awaitMetric("dynamo_frontend_active_requests{model=\"model\"}", 0);
        }
    }

    @Test
    void offWritesEachTokenByItself() throws Exception {
        try (var fixture = new FrontendFixture("flush_window=off");
                var engine = fixture.engine();
                var client = fixture.raw()) {
            fixture.whenReady();
            client.post("/v1/completions", completionBody("x", ",\"stream\":true"));
            engine.take().say("abcdefgh").finish(FinishReason.LENGTH, new Usage(1, 8));
            var answer = client.until("\r\n0\r\n\r\n");
            for (var chunk : answer.substring(answer.indexOf("\r\n\r\n")).split("\r\n", -1))
                assertThat(chunk.split("\"text\":\"[a-h]\"", -1)).hasSizeLessThanOrEqualTo(2);
        }
    }

    /** Takes the chunks apart, and complains of every byte that is not where it belongs. */
    private static String body(String answer) throws IOException {
        var body = new StringBuilder();
        int at = answer.indexOf("\r\n\r\n") + 4;
        while (true) {
            int end = answer.indexOf("\r\n", at);
            int size = Integer.parseInt(answer.substring(at, end), 16);
            body.append(answer, end + 2, end + 2 + size);
            assertThat(answer.substring(end + 2 + size, end + 4 + size)).isEqualTo("\r\n");
            at = end + 4 + size;
            if (size == 0) {
                assertThat(at).isEqualTo(answer.length());
                return body.toString();
            }
        }
    }
}
