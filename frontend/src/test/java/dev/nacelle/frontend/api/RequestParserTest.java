package dev.nacelle.frontend.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.TokenIds;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
    private final RequestParser parser = new RequestParser();

    private ChatRequest chat(String json) throws ApiException {
        return parser.chat(json.getBytes(UTF_8));
    }

    private CompletionRequest completion(String json) throws ApiException {
        return parser.completion(json.getBytes(UTF_8));
    }

    /** A completion with one more member. */
    private CompletionRequest with(String member) throws ApiException {
        return completion("{\"model\":\"m\",\"prompt\":\"p\"," + member + "}");
    }

    /** What refuses a completion with one more member. */
    private ApiError refusal(String member) {
        return catchThrowableOfType(ApiException.class, () -> with(member)).error();
    }

    private ApiError chatRefusal(String json) {
        return catchThrowableOfType(ApiException.class, () -> chat(json)).error();
    }

    private ApiError bodyRefusal(byte[] body) {
        return catchThrowableOfType(ApiException.class, () -> parser.completion(body))
                .error();
    }

    @Test
    void aPlainCompletionLeavesEverythingOpen() throws ApiException {
        var request = completion("{\"model\":\"m\",\"prompt\":\"It is\"}");
        assertThat(request.prompts()).containsExactly(new Prompt.Text("It is"));
        var options = request.options();
        assertThat(options.model()).isEqualTo("m");
        assertThat(options.stream()).isFalse();
        assertThat(options.includeUsage()).isFalse();
        assertThat(options.stop().maxTokens()).isEmpty();
        assertThat(options.sampling().temperature()).isEmpty();
        assertThat(options.sampling().n()).isEqualTo(1);
        assertThat(options.output().logProbs()).isEmpty();
        assertThat(options.output().skipSpecialTokens()).isTrue();
        assertThat(options.extras()).isEmpty();
    }

    @Test
    void everyOptionIsRead() throws ApiException {
        var options = with("""
                "stream":true,"stream_options":{"include_usage":true,"other":[1]},"max_tokens":7,"min_tokens":2,
                "temperature":0.5,"top_p":1,"top_k":40,"min_p":0.1,"presence_penalty":-2,"frequency_penalty":2,
                "repetition_penalty":1.1,"seed":-9223372036854775808,"stop":["a","b\\nc"],"include_stop_str_in_output":true,
                "stop_token_ids":[3,4],"ignore_eos":true,"logprobs":5,"skip_special_tokens":false,"data_parallel_rank":1,
                "priority":-3,"user":"u","metadata":{"k":"v"},"n":1,"best_of":1,"echo":false,"suffix":""
                """).options();
        assertThat(options.stream()).isTrue();
        assertThat(options.includeUsage()).isTrue();
        assertThat(options.stop().maxTokens()).hasValue(7);
        assertThat(options.stop().minTokens()).isEqualTo(2);
        assertThat(options.stop().stopStrings()).containsExactly("a", "b\nc");
        assertThat(options.stop().stopTokenIds()).isEqualTo(TokenIds.of(3, 4));
        assertThat(options.stop().ignoreEos()).isTrue();
        assertThat(options.includeStopString()).isTrue();
        assertThat(options.sampling().temperature()).hasValue(0.5);
        assertThat(options.sampling().topP()).hasValue(1.0);
        assertThat(options.sampling().topK()).hasValue(40);
        assertThat(options.sampling().minP()).hasValue(0.1);
        assertThat(options.sampling().presencePenalty()).hasValue(-2.0);
        assertThat(options.sampling().frequencyPenalty()).hasValue(2.0);
        assertThat(options.sampling().repetitionPenalty()).hasValue(1.1);
        assertThat(options.sampling().seed()).hasValue(Long.MIN_VALUE);
        assertThat(options.output().logProbs()).hasValue(5);
        assertThat(options.output().skipSpecialTokens()).isFalse();
        assertThat(options.dpRank()).hasValue(1);
        assertThat(options.priority()).hasValue(-3);
        assertThat(options.user()).hasValue("u");
        assertThat(options.metadata()).containsExactly(Map.entry("k", "v"));
        assertThat(options.extras()).isEmpty();
    }

    @Test
    void aNullOptionIsOneLeftOpen() throws ApiException {
        var options = with("""
                "stream":null,"stream_options":null,"max_tokens":null,"temperature":null,"stop":null,"logprobs":null,
                "n":null,"echo":null,"suffix":null,"metadata":null,"seed":null,"prompt_logprobs":null""").options();
        assertThat(options)
                .isEqualTo(completion("{\"model\":\"m\",\"prompt\":\"p\"}").options());
    }

    @Test
    void unknownKeysAreKeptInOrderWithTheirNulls() throws ApiException {
        var options =
                with("\"zebra\":null,\"response_format\":{\"type\":\"json_object\"},\"a\":[1,2.5,\"x\",{\"b\":true}]")
                        .options();
        assertThat(options.extras().keySet()).containsExactly("zebra", "response_format", "a");
        assertThat(options.extras()).containsEntry("zebra", null);
        assertThat(options.extras().get("response_format")).isEqualTo(Map.of("type", "json_object"));
        assertThat(options.extras().get("a")).isEqualTo(List.of(1L, 2.5, "x", Map.of("b", true)));
    }

    @Test
    void samplingBeyondTheTypedOptionsGoesWithThem() throws ApiException {
        var options = with("\"logit_bias\":{\"5\":-100}").options();
        assertThat(options.sampling().extras()).containsEntry("logit_bias", Map.of("5", -100L));
        assertThat(options.extras()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "It is"      | false
            ["It is"]    | false
            [1, 2]       | true
            [[1, 2]]     | true
            """)
    void aPromptComesInSeveralForms(String prompt, boolean tokens) throws ApiException {
        var request = completion("{\"prompt\":" + prompt + ",\"model\":\"m\"}");
        assertThat(request.prompts()).containsExactly(tokens ? new Prompt.Tokens(1, 2) : new Prompt.Text("It is"));
    }

    @Test
    void severalPromptsComeInOneRequest() throws ApiException {
        var request = completion("{\"prompt\":[\"a\",[1,2],\"b\"],\"model\":\"m\",\"n\":2,\"best_of\":3}");
        assertThat(request.prompts())
                .containsExactly(new Prompt.Text("a"), new Prompt.Tokens(1, 2), new Prompt.Text("b"));
        assertThat(request.options().sampling().n()).isEqualTo(2);
        assertThat(request.options().bestOf()).isEqualTo(3);
        var many = "\"a\",".repeat(64) + "\"a\"";
        assertThat(bodyRefusal("{\"model\":\"m\",\"n\":2,\"prompt\":[%s]}"
                                .formatted(many)
                                .getBytes(UTF_8))
                        .message())
                .isEqualTo("prompt: found 65 with 2 choices each, expected at most 128 choices in one request");
        assertThat(bodyRefusal("{\"model\":\"m\",\"prompt\":[%s,%1$s]}"
                                .formatted(many)
                                .getBytes(UTF_8))
                        .message())
                .isEqualTo("prompt[128]: found another one, expected at most 128 in one request");
    }

    @Test
    void embeddingsHaveInputsAndAFormat() throws ApiException {
        var plain = parser.embedding("{\"model\":\"m\",\"input\":\"hi\"}".getBytes(UTF_8));
        assertThat(plain.inputs()).containsExactly(new Prompt.Text("hi"));
        assertThat(plain.embedding())
                .isEqualTo(new EmbeddingOptions(EmbeddingOptions.Format.FLOAT, OptionalInt.empty(), true));
        var full = parser.embedding("""
                {"model":"m","input":[[1,2],"hi"],"encoding_format":"base64","dimensions":64,"user":"u","pooling":"mean",
                 "add_special_tokens":false,"priority":3,"stream":false}""".getBytes(UTF_8));
        assertThat(full.inputs()).containsExactly(new Prompt.Tokens(1, 2), new Prompt.Text("hi"));
        assertThat(full.embedding())
                .isEqualTo(new EmbeddingOptions(EmbeddingOptions.Format.BASE64, OptionalInt.of(64), false));
        assertThat(full.options().priority()).hasValue(3);
        assertThat(full.options().extras()).isEqualTo(Map.of("dimensions", 64L, "pooling", "mean"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "x":1                                  | input | found nothing, expected a string, an array
            "input":[]                             | input | found an empty array
            "input":["a",""]                       | input[1] | found an empty text
            "input":["a",3]                        | input[1] | found 3, expected a string
            "input":"a","dimensions":0             | dimensions | found 0, expected a whole number from 1
            "input":"a","encoding_format":"int8"   | encoding_format | found the string "int8", expected one of base64, float
            "input":"a","stream":true              | stream | embeddings come in one piece
            "input":"a","truncate_prompt_tokens":3 | truncate_prompt_tokens | shorten the prompt
            """)
    void embeddingsThatCannotBeHadAreRefused(String members, String param, String reason) {
        var error = catchThrowableOfType(
                        ApiException.class,
                        () -> parser.embedding(("{\"model\":\"m\"," + members + "}").getBytes(UTF_8)))
                .error();
        assertThat(error.param()).hasValue(param);
        assertThat(error.message()).contains(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ""          | found an empty text
            []          | found an empty array
            [[]]        | found an empty array
            ["a",""]    | found an empty text
            [[1],[]]    | found an empty array
            [1,"b"]     | found the string "b", expected a whole number
            [-1]        | found -1, expected a whole number from 0 to 2147483647
            [2147483648]| found 2147483648, expected a whole number
            [1.5]       | found 1.5, expected a string, an array of token ids
            {}          | found an object, expected a string, an array of token ids
            null        | found null, expected a string, an array of token ids
            7           | found 7, expected a string
            "\\ud83d"   | found an unpaired surrogate
            """)
    void aPromptThatIsNoneIsRefused(String prompt, String reason) {
        var error = bodyRefusal(("{\"model\":\"m\",\"prompt\":" + prompt + "}").getBytes(UTF_8));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.param().orElseThrow()).startsWith("prompt");
        assertThat(error.message()).startsWith("prompt").contains(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "max_tokens":0            | max_tokens | found 0, expected a whole number from 1 to 2147483647
            "max_tokens":-1           | max_tokens | found -1, expected a whole number from 1
            "max_tokens":1000000000000| max_tokens | found 1000000000000, expected a whole number from 1 to 2147483647
            "max_tokens":99999999999999999999 | max_tokens | found 99999999999999999999, expected
            "max_tokens":1.0          | max_tokens | found 1.0, expected a whole number
            "max_tokens":"7"          | max_tokens | found the string "7", expected a whole number
            "max_completion_tokens":0 | max_completion_tokens | found 0
            "temperature":-0.1        | temperature | found -0.1, expected a number from 0 to 2
            "temperature":2.1         | temperature | found 2.1
            "temperature":1e999       | temperature | found 1e999
            "temperature":"hot"       | temperature | found the string "hot"
            "temperature":NaN         | temperature | Non-standard token 'NaN'
            "temperature":Infinity    | temperature | Non-standard token 'Infinity'
            "top_p":0                 | top_p | found 0, expected a number above 0 and at most 1
            "top_p":1.01              | top_p | found 1.01
            "top_k":-2                | top_k | found -2
            "min_p":2                 | min_p | found 2
            "presence_penalty":3      | presence_penalty | found 3
            "frequency_penalty":-3    | frequency_penalty | found -3
            "repetition_penalty":0    | repetition_penalty | found 0
            "seed":9223372036854775808| seed | found 9223372036854775808
            "seed":1.5                | seed | found 1.5
            "n":129                   | n | found 129, expected a whole number from 1 to 128
            "n":0                     | n | found 0
            "best_of":129             | best_of | found 129
            "n":3,"best_of":2         | best_of | found 2, expected at least n, which is 3
            "best_of":2,"stream":true | best_of | found 2, expected n in a stream
            "echo":1                  | echo | found 1, expected true or false
            "echo":true,"logprobs":1  | echo | found true, expected false beside logprobs
            "suffix":"x"              | suffix | found the string "x", expected nothing
            "use_beam_search":true    | use_beam_search | found true, expected nothing
            "guided_regex":"a","guided_json":{} | guided_json | expected nothing beside guided_regex
            "response_format":{"type":"xml"} | response_format.type | found the string "xml", expected one of json_object
            "structured_outputs":{"yaml":1} | structured_outputs.yaml | found 1, expected json
            "logit_bias":{"x":1}      | logit_bias.x | found 1, expected a token id for a key
            "logit_bias":{"1":101}    | logit_bias.1 | found 101, expected a number from -100 to 100
            "prompt_logprobs":0       | prompt_logprobs | found 0
            "stream":"yes"            | stream | found the string "yes", expected true or false
            "stream":1                | stream | found 1
            "stream_options":true     | stream_options | found true, expected an object
            "stream_options":{"include_usage":1} | stream_options.include_usage | found 1
            "stop":""                 | stop | found the string "", expected a string of 1 to 1024 characters
            "stop":7                  | stop | found 7
            "stop":["a",""]           | stop[1] | found the string ""
            "stop":["a",null]         | stop[1] | found null
            "stop":["\\ud800"]        | stop[0] | found an unpaired surrogate
            "stop_token_ids":5        | stop_token_ids | found 5, expected an array
            "stop_token_ids":[1,-5]   | stop_token_ids[1] | found -5
            "ignore_eos":0            | ignore_eos | found 0
            "logprobs":true           | logprobs | found true
            "logprobs":21             | logprobs | found 21, expected a whole number from 0 to 20
            "skip_special_tokens":{}  | skip_special_tokens | found an object
            "data_parallel_rank":-1   | data_parallel_rank | found -1
            "priority":"high"         | priority | found the string "high"
            "user":5                  | user | found 5
            "metadata":[]             | metadata | found an array
            "metadata":{"a":1}        | metadata.a | found 1
            "x":1e999                 | x | number 1e999 is out of range
            "min_tokens":5,"max_tokens":4 | min_tokens | found 5, expected at most max_tokens, which is 4
            "max_tokens":5,"max_completion_tokens":4 | max_tokens | expected one of the two
            "max_tokens":5,"max_tokens":5 | max_tokens | Duplicate field 'max_tokens'
            "x":{"a":1,"a":2}         | x.a | Duplicate field 'a'
            """)
    void aWrongValueIsRefusedByName(String member, String param, String reason) {
        var error = refusal(member);
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.type()).isEqualTo("invalid_request_error");
        assertThat(error.param()).hasValue(param);
        assertThat(error.message()).contains(param).contains(reason);
    }

    @Test
    void stopStringsAreBoundedInNumberAndLength() throws ApiException {
        assertThat(with("\"stop\":[" + "\"x\",".repeat(15) + "\"x\"]")
                        .options()
                        .stop()
                        .stopStrings())
                .hasSize(16);
        assertThat(refusal("\"stop\":[" + "\"x\",".repeat(16) + "\"x\"]").message())
                .isEqualTo("stop[16]: found another stop string, expected at most 16");
        assertThat(refusal("\"stop\":\"" + "x".repeat(1025) + "\"").message())
                .isEqualTo("stop: found the string \"" + "x".repeat(40)
                        + "…\", expected a string of 1 to 1024 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "7",
                "[]",
                "null",
                "\"x\"",
                "{",
                "{\"model\":\"m\"",
                "{\"model\":\"m\"}{}",
                "{} x",
                "{'a':1}",
                "{\"a\" 1}",
                "{\"a\":01}",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\":\"\t\"}",
                "\uFEFF7",
                "{\"a\":\"\\x\"}",
                "\0{}",
                "{}\0"
            })
    void malformedBodiesAreRefused(String body) {
        var error = bodyRefusal(body.getBytes(UTF_8));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.message()).isNotEmpty().doesNotContain("`", "Feature", "jackson");
    }

    @Test
    void aMissingModelOrPromptIsNamed() {
        assertThat(bodyRefusal("{}".getBytes(UTF_8)).param()).hasValue("model");
        assertThat(bodyRefusal("{\"model\":\"\",\"prompt\":\"x\"}".getBytes(UTF_8))
                        .param())
                .hasValue("model");
        assertThat(bodyRefusal("{\"model\":\"m\"}".getBytes(UTF_8)).param()).hasValue("prompt");
        assertThat(chatRefusal("{\"model\":\"m\"}").param()).hasValue("messages");
    }

    @Test
    void depthIsBounded() throws ApiException {
        var deepest = "[".repeat(63) + "]".repeat(63);
        assertThat(with("\"x\":" + deepest).options().extras()).containsKey("x");
        assertThat(refusal("\"x\":[" + deepest + "]").message()).contains("nested deeper than 64 levels");
        assertThat(refusal("\"x\":" + "[".repeat(10_000)).message()).contains("nested deeper than 64 levels");
        assertThat(refusal("\"x\":" + "{\"a\":".repeat(10_000)).message()).contains("nested deeper than 64 levels");
        var shallow = catchThrowableOfType(
                ApiException.class, () -> new RequestParser(1, 100).completion("{\"prompt\":[1]}".getBytes(UTF_8)));
        assertThat(shallow.error().message()).contains("nested deeper than 1 levels");
        assertThatIllegalArgumentException().isThrownBy(() -> new RequestParser(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RequestParser(1, 0));
    }

    @Test
    void stringsAreBounded() throws ApiException {
        var strict = new RequestParser(64, 10_000);
        strict.completion("{\"model\":\"m\",\"prompt\":\"%s\"}"
                .formatted("x".repeat(10_000))
                .getBytes(UTF_8));
        for (var body : List.of(
                "{\"model\":\"m\",\"prompt\":\"%s\"}",
                "{\"model\":\"m\",\"prompt\":\"x\",\"unknown\":[\"%s\"]}", "{\"model\":\"%s\"}")) {
            var refused = catchThrowableOfType(
                    ApiException.class,
                    () -> strict.completion(
                            body.formatted("\\u00e9".repeat(10_001)).getBytes(UTF_8)));
            assertThat(refused.error().status()).isEqualTo(400);
            assertThat(refused.error().message())
                    .contains("a string of more than 10000 characters")
                    .hasSizeLessThan(300);
        }
    }

    @Test
    void longNumbersAndKeysAreRefused() {
        assertThat(refusal("\"x\":" + "9".repeat(2000)).message()).contains("too long");
        assertThat(refusal("\"" + "k".repeat(100_000) + "\":1").message())
                .contains("too long")
                .hasSizeLessThan(300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FF", "C080", "E28228", "EDA080", "F5808080", "E282", "80", "F0808080"})
    void invalidUtf8IsRefused(String hex) {
        var body = new ByteArrayOutputStream();
        body.writeBytes("{\"model\":\"m\",\"prompt\":\"".getBytes(UTF_8));
        body.writeBytes(HexFormat.of().parseHex(hex));
        body.writeBytes("\"}".getBytes(UTF_8));
        var error = bodyRefusal(body.toByteArray());
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.message()).isEqualTo("the body is not valid UTF-8 at byte 23: expected JSON in UTF-8");
    }

    @Test
    void otherEncodingsAreRefused() {
        var json = "{\"model\":\"m\",\"prompt\":\"p\"}";
        assertThat(bodyRefusal(json.getBytes(StandardCharsets.UTF_16LE)).status())
                .isEqualTo(400);
        assertThat(bodyRefusal(json.getBytes(StandardCharsets.UTF_16BE)).status())
                .isEqualTo(400);
        assertThat(bodyRefusal(json.getBytes(Charset.forName("UTF-32LE"))).status())
                .isEqualTo(400);
    }

    @Test
    void textOfAllScriptsComesThroughWhole() throws ApiException {
        var text = "é世😀\u0000\n".repeat(3000);
        var out = new JsonBuffer()
                .raw("{\"model\":\"m\",\"prompt\":")
                .string(text)
                .raw("}");
        assertThat(parser.completion(out.toArray()).prompts()).containsExactly(new Prompt.Text(text));
    }

    @Test
    void aPartOfABufferIsReadAndItsPositionStays() throws ApiException {
        var json = "xx{\"model\":\"m\",\"prompt\":\"p\"}yy".getBytes(UTF_8);
        var buffer =
                ByteBuffer.wrap(json, 1, json.length - 1).slice().position(1).limit(json.length - 3);
        assertThat(parser.completion(buffer).prompts()).containsExactly(new Prompt.Text("p"));
        assertThat(buffer.position()).isEqualTo(1);
    }

    @Test
    void aConversationIsRead() throws ApiException {
        var request = chat("""
                {"model":"m","messages":[
                 {"role":"system","content":"Be brief."},
                 {"role":"user","content":[{"type":"text","text":"a"},{"text":"b","type":"text","x":null}],"name":"Ann"},
                 {"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},
                 {"role":"assistant"},
                 {"content":"42","role":"tool","tool_call_id":"1"}],
                 "max_completion_tokens":9,"logprobs":true,"top_logprobs":3}""");
        var messages = request.messages();
        assertThat(messages).extracting("role").containsExactly("system", "user", "assistant", "assistant", "tool");
        assertThat(messages).extracting("content").containsExactly("Be brief.", "a\nb", "", "", "42");
        assertThat(messages.get(1).fields().keySet()).containsExactly("role", "content", "name");
        assertThat(messages.get(1).fields().get("content"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(2);
        assertThat(messages.get(2).fields()).containsEntry("content", null).containsKey("tool_calls");
        assertThat(messages.get(4).fields()).containsEntry("tool_call_id", "1");
        assertThat(request.options().stop().maxTokens()).hasValue(9);
        assertThat(request.options().output().logProbs()).hasValue(3);
    }

    @Test
    void aChatsLogProbabilitiesAreAFlag() throws ApiException {
        var head = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],";
        assertThat(chat(head + "\"logprobs\":true}").options().output().logProbs())
                .hasValue(0);
        assertThat(chat(head + "\"logprobs\":false}").options().output().logProbs())
                .isEmpty();
        assertThat(chatRefusal(head + "\"logprobs\":3}").param()).hasValue("logprobs");
        assertThat(chatRefusal(head + "\"top_logprobs\":3}").message()).contains("expected \"logprobs\": true");
        assertThat(chatRefusal(head + "\"logprobs\":true,\"top_logprobs\":21}").param())
                .hasValue("top_logprobs");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            null                                             | messages | found null, expected an array of messages
            []                                               | messages | found no message, expected at least one
            {}                                               | messages | found an object, expected an array of messages
            ["hi"]                                           | messages[0] | found the string "hi", expected a message
            [{}]                                             | messages[0].role | found nothing, expected one of system
            [{"role":"user"}]                                | messages[0].content | found nothing
            [{"role":"user","content":null}]                 | messages[0].content | found nothing
            [{"content":"x"}]                                | messages[0].role | found nothing
            [{"role":"wizard","content":"x"}]                | messages[0].role | found the string "wizard", expected one of
            [{"role":7,"content":"x"}]                       | messages[0].role | found 7
            [{"role":"user","content":7}]                    | messages[0].content | found 7, expected a string or an array
            [{"role":"user","content":"x"},{"role":"user","content":{}}] | messages[1].content | found an object
            [{"role":"user","content":["x"]}]                | messages[0].content[0] | expected a part
            [{"role":"user","content":[{"text":"x"}]}]       | messages[0].content[0].type | found nothing
            [{"role":"user","content":[{"type":"text"}]}]    | messages[0].content[0].text | found nothing
            [{"role":"user","content":[{"type":"image_url"}]}] | messages[0].content[0].type | found the string "image_url", expected "text"
            [{"role":"user","content":[{"type":"text","text":7}]}] | messages[0].content[0].text | found 7
            [{"role":"user","content":"\\udc00"}]            | messages[0].content | found an unpaired surrogate
            """)
    void aConversationThatIsNoneIsRefused(String messages, String param, String reason) {
        var error = chatRefusal("{\"model\":\"m\",\"messages\":" + messages + "}");
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.param()).hasValue(param);
        assertThat(error.message()).startsWith(param + ": ").contains(reason);
    }

    @Test
    void requestsCannotBeChanged() throws ApiException {
        var request = chat("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"extra\":1}");
        assertThat(request.messages()).isUnmodifiable();
        assertThat(request.options().extras()).isEqualTo(Map.of("extra", 1L));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> request.options().extras().clear());
    }
}
