package dev.nacelle.frontend.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bodies from a generator: each is parsed or refused with a typed error, never anything else. */
class RequestParserFuzzTest {
    private static final List<String> KEYS = List.of(
            "model",
            "prompt",
            "messages",
            "stream",
            "stream_options",
            "include_usage",
            "max_tokens",
            "max_completion_tokens",
            "min_tokens",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "presence_penalty",
            "seed",
            "stop",
            "stop_token_ids",
            "logprobs",
            "top_logprobs",
            "n",
            "best_of",
            "dimensions",
            "encoding_format",
            "metadata",
            "role",
            "content",
            "type",
            "text",
            "response_format",
            "logit_bias",
            "echo",
            "",
            "\\u0000",
            "\\ud83d",
            "ключ");
    private static final List<String> ATOMS = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1",
            "-1",
            "2",
            "0.5",
            "1e3",
            "1e999",
            "-1e-999",
            "1000000000000",
            "99999999999999999999999",
            "01",
            "+1",
            ".5",
            "NaN",
            "-Infinity",
            "\"\"",
            "\"m\"",
            "\"user\"",
            "\"text\"",
            "\"\\ud83d\"",
            "\"\\ud83d\\ude00\"",
            "\"\\u0000\"",
            "\"世界\"",
            "\"unclosed",
            "'m'",
            "//",
            "\t",
            "\0",
            "}",
            "]",
            ",");
    private static final List<String> WHOLE = List.of(
            "{\"model\":\"m\",\"prompt\":\"It is a truth\",\"max_tokens\":16,\"stop\":[\"a\",\"b\"],\"logprobs\":2}",
            "{\"model\":\"m\",\"prompt\":[1,2,3],\"stream\":true,\"stream_options\":{\"include_usage\":true},\"x\":{\"y\":[1.5]}}",
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"é😀\"}]}],\"seed\":7}",
            "{\"model\":\"m\",\"input\":[\"a\",[1,2]],\"encoding_format\":\"base64\",\"dimensions\":8}");

    private final RequestParser parser = new RequestParser();

    @Test
    void aSmallSlice() {
        run(new Random(5), 60_000);
    }

    @Test
    @Tag("long")
    void aLargeOneOfFreshSeeds() {
        long seed = System.nanoTime();
        System.out.printf("RequestParserFuzzTest seed %d%n", seed);
        run(new Random(seed), 5_000_000);
    }

    private void run(Random random, int count) {
        int parsed = 0;
        for (int i = 0; i < count; i++) {
            byte[] body = random.nextBoolean() ? generated(random) : damaged(random);
            parsed += accepts(body) ? 1 : 0;
        }
        // A generator that is never right tests nothing but the first check.
        assertThat(parsed).isGreaterThan(count / 100);
    }

    private boolean accepts(byte[] body) {
        boolean chat = parses(body, () -> parser.chat(body));
        boolean completion = parses(body, () -> parser.completion(body));
        boolean embedding = parses(body, () -> parser.embedding(body));
        return chat || completion || embedding;
    }

    private interface Call {
        Object run() throws ApiException;
    }

    private static boolean parses(byte[] body, Call call) {
        try {
            assertThat(call.run()).isNotNull();
            return true;
        } catch (ApiException e) {
            var error = e.error();
            assertThat(error.status()).isEqualTo(400);
            assertThat(error.message())
                    .isNotEmpty()
                    .hasSizeLessThan(1000)
                    .doesNotContain("Exception", "fasterxml", "java.", "Feature", "Constraints");
            Json.object(new String(error.body(), UTF_8));
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("body " + Arrays.toString(body) + " = " + new String(body, UTF_8), e);
        }
    }

    private static byte[] generated(Random random) {
        var json = new StringBuilder();
        if (random.nextInt(4) > 0) {
            json.append("{\"model\":\"m\",");
            json.append(List.of("\"prompt\":", "\"messages\":", "\"input\":").get(random.nextInt(3)));
            value(random, json, 0);
            for (int i = random.nextInt(4); i > 0; i--) {
                json.append(',');
                member(random, json, 0);
            }
            json.append('}');
        } else {
            value(random, json, 0);
        }
        return json.toString().getBytes(UTF_8);
    }

    private static void value(Random random, StringBuilder json, int depth) {
        switch (depth > 6 ? 3 : random.nextInt(5)) {
            case 0 -> {
                json.append('{');
                for (int i = random.nextInt(4); i > 0; i--) {
                    member(random, json, depth);
                    if (i > 1) json.append(',');
                }
                json.append('}');
            }
            case 1 -> {
                json.append('[');
                for (int i = random.nextInt(4); i > 0; i--) {
                    value(random, json, depth + 1);
                    if (i > 1) json.append(',');
                }
                json.append(']');
            }
            // Mostly one that is right.
            default -> json.append(ATOMS.get(random.nextInt(random.nextInt(10) == 0 ? ATOMS.size() : 24)));
        }
    }

    private static void member(Random random, StringBuilder json, int depth) {
        json.append('"').append(KEYS.get(random.nextInt(KEYS.size()))).append("\":");
        value(random, json, depth + 1);
    }

    /** A valid body with some bytes changed, removed, doubled or cut off. */
    private static byte[] damaged(Random random) {
        byte[] body = WHOLE.get(random.nextInt(WHOLE.size())).getBytes(UTF_8);
        for (int i = random.nextInt(4); i > 0 && body.length > 2; i--) {
            int at = random.nextInt(body.length - 1);
            switch (random.nextInt(5)) {
                case 0 -> body[at] = (byte) random.nextInt(256);
                case 1 -> body[at] = (byte) "{}[],:\"0-.eE\\ntfu ".charAt(random.nextInt(18));
                case 2 -> body[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> body = Arrays.copyOf(body, at + 1);
                default -> {
                    byte[] copy = Arrays.copyOf(body, body.length + 1);
                    System.arraycopy(body, at, copy, at + 1, body.length - at);
                    body = copy;
                }
            }
        }
        return body;
    }
}
