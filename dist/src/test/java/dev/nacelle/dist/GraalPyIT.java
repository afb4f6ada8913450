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

/** Python engines in GraalPy behind the distribution, which fetches it by itself. */
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
        var examples = Path.of("..", "examples", "python").toAbsolutePath().normalize();
        // jit: required fails the start where the compiler was not fetched, or does not load.
        finishesLiveStreams(
                config("echo_engine:EchoEngine", examples, "jit: required\n      args: {rate: 50}"), "python-echo");
        assertThat(Path.of(System.getProperty("nacelle.distribution"), "lib", "graalpy-jit"))
                .isNotEmptyDirectory();
    }

    /** Where threads are allowed, Python's own run the streams, and those of an executor wait for work that never comes. */
    @Test
    void streamsOnThreadsOfPythonsFinishAfterSigtermToo() throws Exception {
        Files.writeString(folder.resolve("threaded_engine.py"), """
                import asyncio
                import time

                import nacelle


                class ThreadedEngine:
                    async def start(self, worker_id):
                        await asyncio.to_thread(time.sleep, 0)
                        return nacelle.EngineConfig(model="threaded")

                    def generate(self, request, context):
                        for _ in range(request["stop_conditions"]["max_tokens"]):
                            time.sleep(0.02)
                            yield {"token_ids": [97]}
                        yield {"token_ids": [], "finish_reason": "length"}

                    async def cleanup(self):
                        pass
                """);
        finishesLiveStreams(config("threaded_engine:ThreadedEngine", folder, "sandbox: trusted"), "threaded");
    }

    private void finishesLiveStreams(String config, String model) throws Exception {
        try (var server = Launched.servingGraalPy(config)) {
            var streams = new ArrayList<CompletableFuture<List<String>>>();
            var begun = new ArrayList<CountDownLatch>();
            for (int i = 0; i < STREAMS; i++) {
                var first = new CountDownLatch(1);
                begun.add(first);
                streams.add(client.stream(server.api() + "/v1/completions", """
                        {"model": "%s", "prompt": "abc", "max_tokens": 100, "stream": true}""".formatted(model), first));
            }
            for (var each : begun) each.await();
            assertThat(streams).noneMatch(CompletableFuture::isDone);
            server.terminate();
            for (var stream : streams) {
                var lines = stream.join();
                assertThat(lines).contains("data: [DONE]");
                assertThat(lines.stream().filter(line -> line.contains("\"finish_reason\":\"length\"")))
                        .hasSize(1);
            }
            assertThat(server.exitCode()).isZero();
            assertThat(server.errors()).doesNotContain("Exception", "WARNING:");
            assertThat(server.output()).doesNotContain("hs_err"); // where a JVM says that it crashed
        }
    }

    private String config(String className, Path path, String more) throws IOException {
        return Files.writeString(folder.resolve("nacelle.yaml"), """
                workers:
                  - engine: python
                    options:
                      class: "%s"
                      path: ["%s"]
                      %s
                """.formatted(className, path, more))
                .toString();
    }
}
