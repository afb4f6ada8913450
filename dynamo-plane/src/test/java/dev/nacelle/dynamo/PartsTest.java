package dev.nacelle.dynamo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import dev.nacelle.spi.request.GenerateRequest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Parts that workers of ours play in deployments where NVIDIA's frontend does more than ask them in turn. */
@Timeout(180)
class PartsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private String yaml(Dynamo dynamo) throws Exception {
        return """
                roles: [workers]
                plane: dynamo
                system: {port: 0}
                dynamo: {root: %s, source_path: m}
                """.formatted(dynamo.root());
    }

    private static List<GenerateRequest> since(int count) {
        return ScriptedEngine.SEEN.subList(count, ScriptedEngine.SEEN.size());
    }

    private static boolean isAnswered(Dynamo dynamo) {
        try {
            return dynamo.send("m", ",\"max_tokens\":1").statusCode() == 200;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDecodeWorkerGetsWhatThePrefillWorkerHandedOff() throws Exception {
        try (var dynamo = Dynamo.frontend()) {
            var model = Dynamo.model(folder.resolve("model"));
            var config = HostConfig.ofYaml(yaml(dynamo) + """
                    workers:
                      - engine: scripted
                        router_grace: 0s
                        component: prefill
                        disaggregation: prefill
                        model: {path: %s, name: m}
                      - engine: scripted
                        router_grace: 0s
                        component: decode
                        disaggregation: decode
                        model: {path: %s, name: m}
                    """.formatted(model, model), folder);
            try (var _ = Nacelle.start(config)) {
                Await.until("both parts", () -> isAnswered(dynamo));
                int before = ScriptedEngine.SEEN.size();
                var answer = dynamo.send("m", ",\"max_tokens\":6");
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(Dynamo.JSON
                                .readTree(answer.body())
                                .at("/choices/0/message/content")
                                .asText())
                        .isEqualTo("hello there world\n");
                assertThat(since(before))
                        .satisfiesExactly(
                                prefill -> {
                                    assertThat(prefill.stop().maxTokens()).isEqualTo(OptionalInt.of(1));
                                    assertThat(prefill.prefillResult()).isEmpty();
                                },
                                decode -> {
                                    assertThat(decode.stop().maxTokens()).isEqualTo(OptionalInt.of(6));
                                    assertThat(decode.prefillResult()).isEqualTo(ScriptedEngine.ROOM);
                                });
            }
        }
    }

    @Test
    void aRouterThatLooksForKnownBeginningsNeedsNoEventsOfOurs() throws Exception {
        try (var dynamo = Dynamo.frontend("--router-mode", "kv", "--no-router-kv-events")) {
            var model = Dynamo.model(folder.resolve("model"));
            var config = HostConfig.ofYaml(yaml(dynamo) + """
                    workers:
                      - engine: scripted
                        router_grace: 0s
                        replicas: 2
                        options: {context: 4096}
                        model: {path: %s, name: m}
                    """.formatted(model), folder);
            try (var host = Nacelle.start(config)) {
                dynamo.awaitModel("m");
                int before = ScriptedEngine.SEEN.size();
                for (int i = 0; i < 8; i++) {
                    var prompt = (i < 5 ? "hello there world " : "here is another one ").repeat(40);
                    var body = "{\"model\":\"m\",\"prompt\":\"%s\",\"max_tokens\":3}".formatted(prompt);
                    var answer = dynamo.http.send(
                            dynamo.post("/v1/completions", body).build(), BodyHandlers.ofString());
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                }
                assertThat(since(before))
                        .hasSize(8)
                        .allSatisfy(request -> assertThat(request.dpRank()).isEqualTo(OptionalInt.of(0)));
                // Five of one beginning and three of another: whose worker it is, none goes elsewhere.
                assertThat(requests(dynamo, host)).isIn(List.of(3.0, 5.0), List.of(0.0, 8.0));
            }
        }
    }

    /** What each worker has got, the fewest first. */
    private static List<Double> requests(Dynamo dynamo, Host host) throws IOException, InterruptedException {
        var page = HttpRequest.newBuilder(RawFrontend.system(host).resolve("/metrics"));
        return dynamo.http
                .send(page.build(), BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith("dynamo_component_requests_total{"))
                .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                .sorted()
                .toList();
    }
}
