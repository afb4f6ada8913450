package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests find the workers that hold their prefix, in a whole process with engines that have a cache. */
@Timeout(300)
class KvRoutingTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Client client = new Client();

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void conversationsComeBackToTheWorkerThatRemembersThem() throws Exception {
        try (var host = simulated("kv", "replicas: 4")) {
            int cached = converse(host, 6, 4);
            // All but each conversation's first turn, and the last, not full, block of each turn before.
            assertThat(cached).isGreaterThan(6 * 3 * 200);
            var workers = pool(host, "decode").get("workers");
            assertThat(workers).hasSize(4);
            // Each conversation's blocks lie with one worker only.
            assertThat(pool(host, "decode").at("/index/held").intValue())
                    .isEqualTo(pool(host, "decode").at("/index/blocks").intValue())
                    .isGreaterThan(6 * 20);
            assertThat(drift(host)).as("predictions come true").isBetween(-0.05, 0.05);
            assertThat(page(host).at("/models/0/decisions")).hasSize(24);
        }
        try (var host = simulated("kv_approx", "replicas: 4")) {
            assertThat(converse(host, 6, 4)).isGreaterThan(6 * 3 * 200);
        }
    }

    @Test
    void eventsThatAreLostOnTheWayAreMadeGoodFromTheHostsMirror() throws Exception {
        try (var host = simulated("kv", "replicas: 1")) {
            complete(host, "a".repeat(320));
            control(host, "drop_events", "{\"on\": true}");
            complete(host, "b".repeat(320));
            complete(host, "c".repeat(320));
            control(host, "drop_events", "{\"on\": false}");
            int known = pool(host, "decode").at("/index/held").intValue();
            complete(host, "d".repeat(320));
            await(host, pool -> pool.at("/workers/0/rebuilt").intValue() >= 1);
            // The prompt's blocks and those of three others, of which two were never heard of.
            await(host, pool -> pool.at("/index/held").intValue() >= known + 3 * 20);
        }
    }

    @Test
    void aPrefillWorkerHandsOffToADecodeWorker() throws Exception {
        var workers = """
              - {engine: simulated, component: decode, disaggregation: decode, options: {speedup: 0}}
              - {engine: simulated, component: prefill, disaggregation: prefill, options: {speedup: 0}}
            """;
        try (var host = serving("kv", workers)) {
            assertThat(complete(host, "x".repeat(400))
                            .get("usage")
                            .get("completion_tokens")
                            .intValue())
                    .isEqualTo(8);
            assertThat(pool(host, "prefill").get("workers")).hasSize(1);
            assertThat(client.get(host.system() + "/metrics").body())
                    .containsPattern(
                            "router_input_sequence_tokens_count\\{.*component=\"prefill\".*phase=\"prefill\".*} 1")
                    .containsPattern(
                            "router_input_sequence_tokens_count\\{.*component=\"decode\".*phase=\"decode\".*} 1");
        }
    }

    /** An engine that nobody here wrote: it stores a request's blocks and removes them at its end. */
    @Test
    void dynamosReferenceEngineTwiceIsFollowedByTheIndex() throws Exception {
        var python = DynamoReference.python();
        var workers = """
              - engine: python
                replicas: 2
                options:
                  class: dynamo.common.backend.sample_engine:SampleLLMEngine
                  runtime: cpython
                  isolation: process
                  python: %s
                  args: [--model-name, reference, --delay, "0.01"]
            """.formatted(python);
        try (var host = serving("kv", workers)) {
            assertThat(pool(host, "decode").get("workers")).hasSize(2);
            var body = "{\"model\":\"reference\",\"prompt\":\"%s\",\"max_tokens\":400,\"stream\":true}";
            var begun = new CountDownLatch(2);
            var one = client.stream(host.api() + "/v1/completions", body.formatted("e".repeat(64)), begun);
            var other = client.stream(host.api() + "/v1/completions", body.formatted("f".repeat(64)), begun);
            begun.await();
            // Two different prompts go to two workers, and each is known to hold its own.
            await(host, pool -> {
                var ranks = new ArrayList<Integer>();
                for (var worker : pool.get("workers"))
                    ranks.add(worker.at("/ranks/0/indexed_blocks").intValue());
                return ranks.stream().allMatch(blocks -> blocks >= 4);
            });
            one.get();
            other.get();
            await(host, pool -> pool.at("/index/held").intValue() == 0);
        }
    }

    private static Served simulated(String mode, String settings) throws Exception {
        return serving(
                mode, "  - {engine: simulated, %s, options: {speedup: 0, block_size: 16}}\n".formatted(settings));
    }

    private static Served serving(String mode, String workers) throws Exception {
        return new Served(Nacelle.start(HostConfig.ofYaml("""
            system: {port: 0, controls: true}
            frontend: {port: 0, router: {mode: %s}}
            workers:
            """.formatted(mode) + workers, Path.of(""))));
    }

    /** So many conversations in turn, a few turns each. @return prompt tokens that were found in a cache */
    private int converse(Served host, int conversations, int turns) throws Exception {
        var histories = new ArrayList<String>();
        for (int i = 0; i < conversations; i++) histories.add(("conversation " + i + " ").repeat(20));
        int cached = 0;
        for (int turn = 0; turn < turns; turn++)
            for (int i = 0; i < conversations; i++) {
                var answer = complete(host, histories.get(i));
                cached +=
                        answer.at("/usage/prompt_tokens_details/cached_tokens").intValue();
                histories.set(i, histories.get(i) + answer.at("/choices/0/text").textValue() + " and then? ");
            }
        return cached;
    }

    private JsonNode complete(Served host, String prompt) throws Exception {
        var model = JSON.readTree(client.get(host.api() + "/v1/models").body())
                .at("/data/0/id")
                .textValue();
        var body = JSON.createObjectNode()
                .put("model", model)
                .put("prompt", prompt)
                .put("max_tokens", 8);
        HttpResponse<String> answer = client.post(host.api() + "/v1/completions", body.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private void control(Served host, String name, String body) throws Exception {
        assertThat(client.post(host.system() + "/engine/control/" + name, body).statusCode())
                .isEqualTo(200);
    }

    private double drift(Served host) throws Exception {
        return client.get(host.system() + "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("nacelle_router_hit_rate_drift{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode page(Served host) throws Exception {
        return JSON.readTree(client.get(host.system() + "/router").body());
    }

    private JsonNode pool(Served host, String type) throws Exception {
        for (var pool : page(host).at("/models/0/pools"))
            if (pool.get("worker_type").textValue().equals(type)) return pool;
        throw new AssertionError("no pool of type " + type);
    }

    private void await(Served host, Predicate<JsonNode> condition) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.test(pool(host, "decode")))
            if (System.nanoTime() - end > 0) throw new AssertionError("still " + page(host));
    }
}
