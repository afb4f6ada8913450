package dev.nacelle.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nacelle.spi.EngineAction;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemServerTest {
    private static final SystemConfig CLOSED = new SystemConfig("127.0.0.1", 0, false);
    private static final SystemConfig OPEN = new SystemConfig("127.0.0.1", 0, true);

    private final HealthBoard board = new HealthBoard();
    private final ActionBoard actions = new ActionBoard();
    private final HttpClient client = HttpClient.newHttpClient();
    private final SystemPages pages =
            new SystemPages(board, () -> new PrometheusMetricsServlet(new PrometheusRegistry()));

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void aProcessWithNothingToServeIsLiveAndNotReady() throws Exception {
        try (var server = new SystemServer(CLOSED, pages, actions, new FileBoard())) {
            assertThat(get(server, "/live").statusCode()).isEqualTo(200);
            assertThat(get(server, "/ready").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void readyFollowsEveryPart() throws Exception {
        try (var server = new SystemServer(CLOSED, pages, actions, new FileBoard());
                var _ = board.show(() -> new ComponentHealth("a", "serving", true, Map.of()))) {
            assertThat(get(server, "/ready").statusCode()).isEqualTo(200);
            try (var _ = board.show(() -> new ComponentHealth("b", "starting", false, Map.of("progress", 0.25)))) {
                assertThat(get(server, "/ready").statusCode()).isEqualTo(503);
                var health = get(server, "/health");
                assertThat(health.statusCode()).isEqualTo(503);
                assertThat(json(health).at("/status").asText()).isEqualTo("notready");
                assertThat(json(health).at("/parts/1/state").asText()).isEqualTo("starting");
                assertThat(json(health).at("/parts/1/progress").asDouble()).isEqualTo(0.25);
            }
            assertThat(get(server, "/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void metricsAreServedAndOtherPathsSayWhatIs() throws Exception {
        try (var server = new SystemServer(CLOSED, pages, actions, new FileBoard())) {
            assertThat(get(server, "/metrics").statusCode()).isEqualTo(200);
            var missing = get(server, "/nowhere");
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(missing.body()).contains("/metrics");
            assertThat(post(server, "/health", "").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void controlsAreOffUnlessConfigured() throws Exception {
        try (var _ = offer("backend", "7b", Map.of("pause", body -> body));
                var server = new SystemServer(CLOSED, pages, actions, new FileBoard())) {
            var refused = post(server, "/engine/control/pause", "{}");
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("system.controls: true");
        }
    }

    @Test
    void anActionIsAskedOfEveryWorkerThatOffersItUnlessOneIsSelected() throws Exception {
        try (var _ = offer("backend", "1", Map.of("pause", _ -> Map.of("status", "ok", "paused", 3)));
                var _ = offer("backend", "2", Map.of("pause", body -> body));
                var _ = offer("prefill", "3", Map.of("resume", body -> body));
                var server = new SystemServer(OPEN, pages, actions, new FileBoard())) {
            var all = post(server, "/engine/control/pause", "{\"x\":1}");
            assertThat(all.statusCode()).isEqualTo(200);
            assertThat(json(all).at("/1/paused").asInt()).isEqualTo(3);
            assertThat(json(all).at("/2/x").asInt()).isEqualTo(1);
            assertThat(json(all).has("3")).isFalse();

            var one = post(server, "/engine/control/pause?component=backend&worker=2", "");
            assertThat(json(one).size()).isEqualTo(1);
            assertThat(json(one).has("2")).isTrue();
            assertThat(post(server, "/engine/control/pause?component=prefill", "")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(post(server, "/engine/update/pause", "").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aThrowingActionIsA500AndABadBodyA400() throws Exception {
        try (var _ = offer("backend", "1", Map.of("pause", _ -> {
                    throw new IOException("the pump is stuck");
                }));
                var server = new SystemServer(OPEN, pages, actions, new FileBoard())) {
            var failed = post(server, "/engine/control/pause", "{}");
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(json(failed).at("/1/message").asText()).isEqualTo("the pump is stuck");
            assertThat(post(server, "/engine/control/pause", "[1]").statusCode())
                    .isEqualTo(400);
            assertThat(post(server, "/engine/control/pause", "{").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void aFileIsServedWhileItIsOnTheBoard(@TempDir Path folder) throws Exception {
        var files = new FileBoard();
        var config = Files.writeString(folder.resolve("config.json"), "{}");
        try (var server = new SystemServer(CLOSED, pages, actions, files)) {
            try (var _ = files.serve("/v1/metadata/m/config.json", config)) {
                assertThat(get(server, "/v1/metadata/m/config.json").body()).isEqualTo("{}");
                assertThat(get(server, "/v1/metadata/m/../m/config.json?x").body())
                        .isEqualTo("{}");
                assertThat(get(server, "/v1/metadata/m/tokenizer.json").statusCode())
                        .isEqualTo(404);
                assertThat(post(server, "/v1/metadata/m/config.json", "").statusCode())
                        .isEqualTo(405);
                assertThatThrownBy(() -> files.serve("/v1/metadata/m/config.json", folder))
                        .isInstanceOf(IllegalArgumentException.class);
                Files.delete(config);
                assertThat(get(server, "/v1/metadata/m/config.json").statusCode())
                        .isEqualTo(500);
            }
            assertThat(get(server, "/v1/metadata/m/config.json").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aPortInUseIsNamedInTheError() throws Exception {
        try (var taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> new SystemServer(
                            new SystemConfig("127.0.0.1", taken.getLocalPort(), false),
                            pages,
                            actions,
                            new FileBoard()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("system.port")
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()))
                    .hasMessageContaining("in use");
        }
    }

    private HealthBoard.Entry offer(String component, String worker, Map<String, EngineAction> controls) {
        return actions.offer(new ActionBoard.Target(component, worker, controls, Map.of()));
    }

    private HttpResponse<String> get(SystemServer server, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.address() + path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(SystemServer server, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }
}
