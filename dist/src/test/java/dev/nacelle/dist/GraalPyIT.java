package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Python engine in GraalPy behind the distribution, which fetches it by itself. */
@Tag("long")
class GraalPyIT {
    private static final int STREAMS = 4;

    private final Client client = new Client();

    @TempDir
    Path folder;

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void aConfigurationGetsWhatItAsksForAndLiveStreamsFinishAfterSigterm() throws Exception {
        try (var server = start()) {
            // jit: required would have failed the start.
            assertThat(Path.of(System.getProperty("nacelle.distribution"), "lib", "graalpy-jit"))
                    .isNotEmptyDirectory();
            var streams = new ArrayList<CompletableFuture<List<String>>>();
            var begun = new ArrayList<CountDownLatch>();
            for (int i = 0; i < STREAMS; i++) {
                var first = new CountDownLatch(1);
                begun.add(first);
                streams.add(client.stream(server.api() + "/v1/completions", """
                        {"model": "python-echo", "prompt": "abc", "max_tokens": 100, "stream": true}""", first));
            }
            for (var each : begun) each.await();
            server.terminate();
            for (var stream : streams) {
                var lines = stream.join();
                assertThat(lines).contains("data: [DONE]");
                assertThat(lines.stream().filter(line -> line.contains("\"finish_reason\":\"length\"")))
                        .hasSize(1);
            }
            assertThat(server.exitCode()).isZero();
            assertThat(server.errors()).doesNotContain("Exception", "WARNING:", "hs_err");
        }
    }

    private Launched start() throws IOException {
        var examples = Path.of("..", "examples", "python").toAbsolutePath().normalize();
        var config = Files.writeString(folder.resolve("nacelle.yaml"), """
                workers:
                  - engine: python
                    options:
                      class: "echo_engine:EchoEngine"
                      path: ["%s"]
                      jit: required
                      args: {rate: 50}
                """.formatted(examples));
        return Launched.servingGraalPy(config.toString());
    }
}
