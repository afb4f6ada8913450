package dev.nacelle.dynamo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.spi.request.Prompt;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NVIDIA's frontend before workers of this process: one that takes tokens, {@code m}, and one that takes text, {@code t}. */
@Timeout(180)
class FrontendTest {
    private static final Offset<Double> CLOSE = Offset.offset(1e-6); // the frontend has floats

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Dynamo dynamo;

    @SuppressWarnings("NullAway.Init")
    private static Host host;

    @SuppressWarnings("NullAway.Init")
    private static Map<String, JsonNode> answers;

    @BeforeAll
    static void start() throws Exception {
        dynamo = Dynamo.frontend();
        var model = Dynamo.model(folder.resolve("model"));
        host = Nacelle.start(HostConfig.ofYaml(yaml("""
                workers:
                  - engine: scripted
                    router_grace: 0s
                    model: {path: %s, name: m}
                  - engine: scripted
                    router_grace: 0s
                    endpoint: speak
                    options: {input: text}
                    model: {name: t}
                """.formatted(model)), folder));
        dynamo.awaitModel("m");
        dynamo.awaitModel("t");
        answers = client();
    }

    @AfterAll
    static void stop() throws Exception {
        if (host != null) host.close();
        if (dynamo != null) dynamo.close();
    }

    private static String yaml(String more) {
        return """
                roles: [workers]
                plane: dynamo
                system: {port: 0}
                dynamo: {root: %s, source_path: m}
                """.formatted(dynamo.root()) + more;
    }

    private static Map<String, JsonNode> client() throws Exception {
        var script = folder.resolve("client.py");
        try (InputStream in = Objects.requireNonNull(FrontendTest.class.getResourceAsStream("client.py"))) {
            Files.copy(in, script);
        }
        var process = new ProcessBuilder(
                        dynamo.python("openai").toString(),
                        script.toString(),
                        dynamo.api().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var answers = new HashMap<String, JsonNode>();
        try (var lines = process.inputReader()) {
            for (String line; (line = lines.readLine()) != null; ) {
                var answer = Dynamo.JSON.readTree(line);
                answers.put(answer.path("case").asText(), answer);
            }
        }
        assertThat(process.waitFor()).isZero();
        return answers;
    }

    private static JsonNode answer(String name) {
        return Objects.requireNonNull(answers.get(name), name);
    }

    @Test
    void answersInOnePieceAndAsAStream() {
        for (var name : new String[] {"unary", "stream"}) {
            assertThat(answer(name).path("text").asText()).as(name).isEqualTo("hello there world\n");
            assertThat(answer(name).path("finish").asText()).as(name).isEqualTo("length");
            assertThat(answer(name).at("/usage/prompt_tokens").asInt()).as(name).isEqualTo(6);
            assertThat(answer(name).at("/usage/completion_tokens").asInt())
                    .as(name)
                    .isEqualTo(6);
            assertThat(answer(name)
                            .at("/usage/prompt_tokens_details/cached_tokens")
                            .asInt())
                    .as(name)
                    .isEqualTo(3);
        }
        assertThat(answer("completion").path("text").asText()).isEqualTo("hello");
    }

    @Test
    void severalIdsMayShareAChunk() {
        assertThat(answer("three ids a chunk").path("text").asText()).isEqualTo("hello there world\n");
        assertThat(answer("all ids in one chunk").path("text").asText())
                .isEqualTo("hello there world\nhello there world\n");
    }

    @Test
    void stopStringsEndAResponseWhereverTheyStand() {
        for (var name : new String[] {"stop string", "stop string within a chunk"}) {
            assertThat(answer(name).path("text").asText()).as(name).isEqualTo("hello ");
            assertThat(answer(name).path("finish").asText()).as(name).isEqualTo("stop");
        }
    }

    @Test
    void logProbabilitiesArriveWithTheirCandidates() {
        var first = answer("logprobs").at("/logprobs/content/0");
        assertThat(first.path("token").asText()).isEqualTo("he");
        assertThat(first.path("logprob").asDouble()).isEqualTo(-0.25);
        assertThat(first.path("top_logprobs").size()).isEqualTo(2);
        assertThat(first.at("/top_logprobs/1/logprob").asDouble()).isEqualTo(-1.25);
        assertThat(answer("completion logprobs")
                        .at("/logprobs/token_logprobs/1")
                        .asDouble())
                .isEqualTo(-0.25);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 429, 500, 503, 504, 529})
    void anErrorKeepsItsClassAndItsMessage(int status) {
        var answer = answer("status " + status);
        assertThat(answer.path("status").asInt()).isEqualTo(status);
        assertThat(answer.path("error").asText()).contains("scripted " + status);
    }

    @Test
    void errorsOfTheEnginesAreAnsweredWhereverTheyHappen() {
        assertThat(answer("status 499").path("status").asInt()).isEqualTo(499);
        assertThat(answer("fails midway").path("error").asText()).isEqualTo("scripted 400");
        assertThat(answer("no terminal").path("error").asText()).contains("without a terminal item");
        assertThat(answer("throws").path("status").asInt()).isEqualTo(500);
        assertThat(answer("throws").path("error").asText())
                .contains("engine 'scripted' failed")
                .doesNotContain("a defect");
        assertThat(answer("unsayable").path("error").asText()).contains("the engine gave what cannot be sent");
    }

    @Test
    void whatTheModelDoesNotHaveIsRefusedWithItsName() {
        assertThat(answer("beyond the context").path("status").asInt()).isEqualTo(400);
        assertThat(answer("beyond the context").path("error").asText())
                .contains("a prompt of 6 tokens and max_tokens 400, expected together at most 256");
        assertThat(answer("two choices").path("status").asInt()).isEqualTo(400);
        assertThat(answer("no max_tokens").at("/usage/completion_tokens").asInt())
                .isEqualTo(250);
    }

    @Test
    void enginesThatTakeTextAreServedToo() {
        assertThat(answer("text unary").path("text").asText()).isEqualTo("Hello from a text engine.");
        assertThat(answer("text stream").path("text").asText()).isEqualTo("Hello from a text engine.");
        assertThat(answer("text stream").at("/usage/completion_tokens").asInt()).isEqualTo(5);
        assertThat(answer("text completion").path("text").asText()).isEqualTo("Hello from a ");
        assertThat(answer("text completion").path("finish").asText()).isEqualTo("length");
        assertThat(answer("text error").path("status").asInt()).isEqualTo(400);
    }

    @Test
    void everyOptionReachesTheEngine() throws Exception {
        int before = ScriptedEngine.SEEN.size();
        var answer = dynamo.send(
                "m",
                ",\"max_tokens\":3,\"temperature\":0.5,\"top_p\":0.9,\"frequency_penalty\":0.1,\"presence_penalty\":0.2,"
                        + "\"top_k\":7,\"min_p\":0.05,\"repetition_penalty\":1.1,\"seed\":42,"
                        + "\"ignore_eos\":true,\"min_tokens\":2,"
                        + "\"skip_special_tokens\":false,\"guided_regex\":\"[a-z]+\"");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var seen = ScriptedEngine.SEEN.stream()
                .skip(before)
                .filter(request -> request.sampling().seed().orElse(0) == 42)
                .findFirst()
                .orElseThrow();
        assertThat(seen.model()).isEqualTo("m");
        assertThat(((Prompt.Tokens) seen.prompt()).ids().size()).isEqualTo(6);
        var sampling = seen.sampling();
        assertThat(sampling.temperature()).isEqualTo(OptionalDouble.of(0.5));
        assertThat(sampling.topP().orElse(0)).isEqualTo(0.9, CLOSE);
        assertThat(sampling.topK()).isEqualTo(OptionalInt.of(7));
        assertThat(sampling.minP().orElse(0)).isEqualTo(0.05, CLOSE);
        assertThat(sampling.presencePenalty().orElse(0)).isEqualTo(0.2, CLOSE);
        assertThat(sampling.frequencyPenalty().orElse(0)).isEqualTo(0.1, CLOSE);
        assertThat(sampling.repetitionPenalty().orElse(0)).isEqualTo(1.1, CLOSE);
        assertThat(seen.stop().maxTokens()).isEqualTo(OptionalInt.of(3));
        assertThat(seen.stop().minTokens()).isEqualTo(2);
        assertThat(seen.stop().ignoreEos()).isTrue();
        assertThat(seen.output().skipSpecialTokens()).isFalse();
        assertThat(sampling.extras().get("guided_decoding"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("regex", "[a-z]+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"response_format\":{\"type\":\"json_object\"}",
                "\"guided_regex\":\"[a-z]+\"",
            })
    void anEngineThatTakesTextIsAskedForNoFormThatItCannotKeep(String form) throws Exception {
        var answer = dynamo.send("t", ",\"max_tokens\":3," + form);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(form.substring(1, form.indexOf(':') - 1) + ": model 't' cannot do that");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prefill", "decode"})
    void anEngineThatTakesTextIsNoPartOfADisaggregatedDeployment(String part) throws Exception {
        var config = HostConfig.ofYaml(yaml("""
                workers:
                  - engine: scripted
                    component: apart
                    disaggregation: %s
                    options: {input: text}
                    model: {name: t2}
                """.formatted(part)), folder);
        assertThatThrownBy(() -> Nacelle.start(config))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("disaggregation: %s, but the engine takes text".formatted(part));
    }

    @ParameterizedTest
    @ValueSource(ints = {ScriptedEngine.SILENT, ScriptedEngine.STALLED})
    void theEngineHearsOfAClientThatLeft(int script) throws Exception {
        var millis = new double[5];
        for (int i = 0; i < millis.length; i++) millis[i] = leave(script);
        Arrays.sort(millis);
        System.out.printf("clients left, and the engine was told after %s ms%n", Arrays.toString(millis));
        assertThat(millis[millis.length / 2]).as("ms").isLessThan(100);
    }

    /** Leaves before the first token (there is no response then), or after two. @return ms until the engine knew */
    private static double leave(int script) throws Exception {
        int before = ScriptedEngine.SEEN.size();
        ScriptedEngine.ABORTED.clear();
        var body = Dynamo.chat("m", ",\"stream\":true,\"max_tokens\":9,\"seed\":" + script);
        var leaving =
                dynamo.http.sendAsync(dynamo.post("/v1/chat/completions", body).build(), BodyHandlers.ofInputStream());
        Await.until("the request", () -> ScriptedEngine.SEEN.size() > before);
        if (script == ScriptedEngine.STALLED)
            assertThat(leaving.join().body().readNBytes(20)).isNotEmpty();
        long left = System.nanoTime();
        if (leaving.isDone()) leaving.join().body().close();
        else leaving.cancel(true);
        Await.until("the cancellation", () -> !ScriptedEngine.ABORTED.isEmpty());
        return (ScriptedEngine.ABORTED.values().iterator().next() - left) / 1e6;
    }

    @Test
    void aWorkerThatWouldLockTheOthersOutDoesNotStart() throws Exception {
        var other = HostConfig.ofYaml(
                yaml("""
                workers:
                  - engine: scripted
                    router_grace: 0s
                    component: other
                    model: {path: %s, name: m}
                """.formatted(folder.resolve("model")))
                        .replace("source_path: m", "source_path: elsewhere, kv_cache_block_size: 32"),
                folder);
        assertThatThrownBy(() -> Nacelle.start(other))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("source_path is elsewhere here and m there: set dynamo.source_path to theirs")
                .hasMessageContaining("kv_cache_block_size is 32 here and 16 there: set dynamo.kv_cache_block_size");
    }

    @Test
    void metricsShowTheNetwork() throws Exception {
        var page = dynamo.http
                .send(HttpRequest.newBuilder(system().resolve("/metrics")).build(), BodyHandlers.ofString())
                .body();
        assertThat(page)
                .contains(
                        "dynamo_component_request_bytes_total{dynamo_component=\"backend\",dynamo_endpoint=\"generate\"");
        for (var family : new String[] {
            "dynamo_component_request_bytes_total{",
            "dynamo_component_response_bytes_total{",
            "dynamo_work_handler_network_transit_seconds_count "
        }) assertThat(value(page, family)).as(family).isPositive();
        assertThat(value(page, "nacelle_plane_connections_dropped_total{reason=\"malformed\"}"))
                .isZero();
    }

    private static URI system() {
        var line = host.served().getLast();
        return URI.create(line.substring(line.indexOf("http")));
    }

    private static double value(String page, String start) {
        var line =
                page.lines().filter(each -> each.startsWith(start)).findFirst().orElseThrow();
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
