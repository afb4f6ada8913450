package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.runtime.config.ConfigException;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import dev.nacelle.runtime.role.StartException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nacelle inside another application. */
class EmbeddingTest {
    private final Client client = new Client();

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void twoHostsInOneJvmDoNotKnowEachOther() throws Exception {
        try (var first = Served.echo("first")) {
            String closedApi;
            try (var second = Served.echo("second")) {
                closedApi = second.api();
                complete(first, "first");
                complete(second, "second");
                assertThat(client.post(first.api() + "/v1/completions", body("second"))
                                .statusCode())
                        .isEqualTo(404);
                assertThat(requests(first, "first")).isEqualTo(1);
                assertThat(requests(second, "second")).isEqualTo(1);
                assertThat(client.get(second.system() + "/metrics").body()).doesNotContain("model=\"first\"");
            }
            assertThatThrownBy(() -> client.get(closedApi + "/v1/models")).isInstanceOf(ConnectException.class);
            complete(first, "first");
        }
    }

    @Test
    void aStoppedHostLeavesNoThreadBehind() throws Exception {
        Served.echo("warm").close(); // what the JVM and the libraries start once for all
        var before = Thread.getAllStackTraces().keySet();
        try (var host = Served.echo("again")) {
            complete(host, "again");
        }
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread))
                        // The pools of the JDK's HTTP client and of virtual threads outlive their work by design.
                        .filter(thread -> !thread.getName().startsWith("HttpClient-"))
                        .filter(thread -> !thread.getName().startsWith("ForkJoinPool-"))
                        .filter(thread -> !thread.getName().startsWith("VirtualThread-")))
                .isEmpty();
    }

    @Test
    void aFailedStartReleasesWhatHadStarted() throws Exception {
        int system = freePort();
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var yaml = """
                    system: {port: %d}
                    frontend: {port: %d}
                    workers: [{engine: echo}]
                    """;
            assertThatThrownBy(() ->
                            Nacelle.start(HostConfig.ofYaml(yaml.formatted(system, taken.getLocalPort()), Path.of(""))))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("frontend.port");
            // The same system port can be had again: nothing holds it.
            Nacelle.start(HostConfig.ofYaml(yaml.formatted(system, 0), Path.of("")))
                    .close();
        }
    }

    @Test
    void aWrongConfigurationIsRefusedBeforeAnythingStarts() {
        assertThatThrownBy(() -> HostConfig.ofYaml("workers: [{engine: echo, opptions: {}}]", Path.of("")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("options");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void complete(Served host, String model) throws Exception {
        var response = client.post(host.api() + "/v1/completions", body(model));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private double requests(Served host, String model) throws Exception {
        return client.get(host.system() + "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("dynamo_frontend_requests_total{"))
                .filter(line -> line.contains("model=\"%s\"".formatted(model)) && line.contains("status=\"success\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String body(String model) {
        return "{\"model\": \"%s\", \"prompt\": \"abc\", \"max_tokens\": 5}".formatted(model);
    }
}
