package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frontend, plane and worker together, as a process has them. */
@Timeout(60)
class WholeHostTest {
    private static final String STREAM = "{\"model\":\"paced\",\"prompt\":\"ab\",\"stream\":true,\"max_tokens\":%d}";

    private static Host start(String pace, String shutdownTimeout) throws Exception {
        return Nacelle.start(HostConfig.ofYaml("""
                shutdown_timeout: %s
                workers:
                  - engine: paced
                    options: {pace: %s}
                frontend: {port: 0}
                system: {port: 0}
                metrics: {jvm: false}
                """.formatted(shutdownTimeout, pace), Path.of("")));
    }

    private static int port(Host host) {
        var line = host.served().stream()
                .filter(text -> text.startsWith("OpenAI API at "))
                .findFirst()
                .orElseThrow();
        return URI.create(line.substring("OpenAI API at ".length())).getPort();
    }

    private static List<RawClient> streams(int count, int port, int tokens) throws Exception {
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < count; i++)
            clients.add(new RawClient(port).post("/v1/completions", STREAM.formatted(tokens)));
        for (var client : clients) client.until("\"text\":\"");
        return clients;
    }

    @Test
    void eightStreamsFinishWhileTheHostStopsAndNewRequestsAreSentElsewhere() throws Exception {
        try (var host = start("20ms", "30s");
                var http = HttpClient.newHttpClient()) {
            int port = port(host);
            var clients = streams(8, port, 60);
            var stopped = CompletableFuture.supplyAsync(host::stop);
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/completions".formatted(port)))
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"model\":\"paced\",\"prompt\":\"x\",\"max_tokens\":1}"))
                    .build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            while (answer.statusCode() == 200) answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(stopped).isNotDone();
            for (var client : clients) {
                var all = client.until("data: [DONE]");
                assertThat(all.split("\"text\":\"[ab]\"", -1))
                        .hasSize(41); // every third token begins a text, which is not printed
                client.close();
            }
            assertThat(stopped.get()).isTrue();
        }
    }

    @Test
    void streamsThatOutliveTheBudgetEndWithATypedError() throws Exception {
        try (var host = start("20ms", "1s")) {
            var clients = streams(2, port(host), 50_000);
            var stopped = CompletableFuture.supplyAsync(host::stop);
            for (var client : clients) {
                assertThat(client.untilClosed())
                        .contains("event: error\ndata: {\"error\":{")
                        .contains("\"code\":\"engine_shutdown\"");
                client.close();
            }
            assertThat(stopped.get()).isFalse();
        }
    }

    @Test
    void anEngineThatIgnoresBackPressureCostsItsOwnStreamAlone() throws Exception {
        try (var host = start("0ms", "10s");
                var greedy = new RawClient(port(host));
                var modest = new RawClient(port(host))) {
            greedy.post("/v1/completions", STREAM.formatted(90_000));
            modest.post("/v1/completions", STREAM.formatted(10));
            modest.until("data: [DONE]");
            // It fills 90 000 slots without looking; a reader that does not read at all leaves it 1024 of them.
            var end = greedy.until("}}\n\n");
            assertThat(end).contains("event: error").contains("\"code\":\"overloaded\"");
        }
    }
}
