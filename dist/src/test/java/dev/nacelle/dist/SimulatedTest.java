package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nacelle.runtime.config.ConfigSource;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The simulated engine behind a host, as docs/simulated.md has it. */
class SimulatedTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** 301 tokens of the byte tokenizer, with the one that begins a text: 18 full blocks. */
    private static final String PROMPT = "All happy families are alike. ".repeat(10);

    private final Client client = new Client();

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void theExampleServesCachesAndCanBeBroken() throws Exception {
        var source = ConfigSource.empty(Path.of(""))
                .withFile(Path.of("..", "examples", "configs", "simulated.yaml"))
                .withSet("system.port=0")
                .withSet("frontend.port=0")
                .withSet("workers[0].options.speedup=0");
        try (var served = new Served(Nacelle.start(HostConfig.load(source)))) {
            var first = complete(served);
            assertThat(first.at("/usage/prompt_tokens").asInt()).isEqualTo(301);
            // Events are on their way to the router, which sends the prompt where it lies once it knows.
            JsonNode again = complete(served);
            for (int i = 0; i < 1_000 && cached(again) == 0; i++) again = complete(served);
            assertThat(cached(again)).isEqualTo(288);
            assertThat(text(again)).isEqualTo(text(first)).hasSize(40);

            var metrics = client.get(served.system() + "/metrics").body();
            assertThat(metrics.lines().filter(line -> line.startsWith("dynamo_component_total_blocks{")))
                    .hasSize(4)
                    .allMatch(line -> line.endsWith(" 8192") || line.endsWith(" 8192.0"));
            assertThat(metrics).contains("dynamo_component_kv_cache_hit_rate{");

            var slowed = JSON.readTree(
                    client.post(served.system() + "/engine/control/slow", "{\"factor\": 4, \"dp_rank\": 1}")
                            .body());
            assertThat(slowed)
                    .hasSize(2)
                    .allMatch(worker -> worker.path("status").asText().equals("ok"));
            var crashed = JSON.readTree(
                    client.post(served.system() + "/engine/control/crash", "{}").body());
            assertThat(crashed).allMatch(worker -> worker.path("crashed").asBoolean());
            assertThat(client.post(served.api() + "/v1/completions", body()).statusCode())
                    .isEqualTo(503);
            client.post(served.system() + "/engine/control/recover", "{}");
            assertThat(text(complete(served))).isEqualTo(text(first));
        }
    }

    @Test
    void prefillAndDecodeWorkersAnswerAsOneWorkerDoes() throws Exception {
        String together;
        try (var served = serve("workers: [{engine: simulated, options: {speedup: 0}}]")) {
            together = text(complete(served));
        }
        try (var served = serve("""
                workers:
                  - {engine: simulated, component: prefill, disaggregation: prefill, options: {speedup: 0}}
                  - {engine: simulated, component: decode, disaggregation: decode, options: {speedup: 0}}
                """)) {
            assertThat(text(complete(served))).isEqualTo(together);
            var steps = JSON.readTree(
                    client.post(served.system() + "/engine/control/state", "{}").body());
            assertThat(steps).hasSize(2);
            // The prompt in one step; and a step for each token.
            assertThat(steps.findValuesAsText("steps")).containsExactlyInAnyOrder("1", "40");
        }
    }

    private static Served serve(String workers) throws Exception {
        return new Served(Nacelle.start(HostConfig.ofYaml("""
                system: {port: 0, controls: true}
                frontend: {port: 0}
                %s
                """.formatted(workers), Path.of(""))));
    }

    private JsonNode complete(Served served) throws Exception {
        var response = client.post(served.api() + "/v1/completions", body());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static String body() {
        return "{\"model\": \"simulated\", \"prompt\": \"%s\", \"max_tokens\": 40, \"ignore_eos\": true}"
                .formatted(PROMPT);
    }

    private static int cached(JsonNode answer) {
        return answer.at("/usage/prompt_tokens_details/cached_tokens").asInt();
    }

    private static String text(JsonNode answer) {
        return answer.at("/choices/0/text").asText();
    }
}
