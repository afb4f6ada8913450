package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a signal does to a running process. */
class ShutdownIT {
    private static final int SIGTERM = 15;

    private final Client client = new Client();

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void eightStreamsFinishAndNewRequestsAreRefused() throws Exception {
        try (var server = Launched.serving(echo(), "--set", "workers[0].options.rate=50")) {
            var streams = begin(server, 8, 100);
            server.terminate();
            server.readUntil("stopping");

            // A request that comes in the moment of the signal may still be taken.
            var refused = client.post(server.api() + "/v1/completions", body(1));
            while (refused.statusCode() == 200) refused = client.post(server.api() + "/v1/completions", body(1));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(client.get(server.system() + "/metrics").statusCode()).isEqualTo(200);

            for (var stream : streams) {
                var lines = stream.join();
                assertThat(lines).contains("data: [DONE]");
                assertThat(lines.stream().filter(line -> line.contains("\"finish_reason\":\"length\"")))
                        .hasSize(1);
            }
            assertThat(server.exitCode()).isZero();
            assertThat(server.errors()).doesNotContain("Exception");
        }
    }

    @Test
    void aSecondSignalStopsAtOnce() throws Exception {
        try (var server = Launched.serving(echo(), "--set", "workers[0].options.rate=1")) {
            begin(server, 1, 100);
            server.terminate();
            server.readUntil("stopping");
            server.terminate();
            assertThat(server.exitCode()).isEqualTo(128 + SIGTERM);
        }
    }

    @Test
    void streamsEndWithATypedErrorWhenTheBudgetIsOver() throws Exception {
        try (var server =
                Launched.serving(echo(), "--set", "workers[0].options.rate=1", "--set", "shutdown_timeout=1s")) {
            var streams = begin(server, 2, 100);
            server.terminate();
            for (var stream : streams) assertThat(stream.join()).anyMatch(line -> line.equals("event: error"));
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.errors()).contains("cleanup");
        }
    }

    private List<CompletableFuture<List<String>>> begin(Launched server, int count, int tokens) throws Exception {
        var begun = new CountDownLatch(count);
        var streams = new ArrayList<CompletableFuture<List<String>>>();
        IntStream.range(0, count).forEach(_ -> {
            var once = new CountDownLatch(1) {
                @Override
                public void countDown() {
                    if (getCount() > 0) begun.countDown();
                    super.countDown();
                }
            };
            streams.add(client.stream(server.api() + "/v1/completions", body(tokens), once));
        });
        begun.await();
        return streams;
    }

    private static String echo() {
        return System.getProperty("nacelle.distribution") + "/examples/configs/echo.yaml";
    }

    private static String body(int tokens) {
        return """
                {"model": "echo", "prompt": "abcdef", "max_tokens": %d, "stream": true}""".formatted(tokens);
    }
}
