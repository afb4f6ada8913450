package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scrape takes what Python has said before, and never waits for it: not while an engine's code holds the GIL. */
class HeldGilIT {
    private static final Path ENGINES = Path.of("..", "python-engines", "src", "test", "python")
            .toAbsolutePath()
            .normalize();
    private static final Duration HELD = Duration.ofSeconds(2);
    /** Of a scrape, on a machine that does other things too. */
    private static final Duration AT_ONCE = HELD.dividedBy(2);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"cpython", "graalpy"})
    void aScrapeDoesNotWaitForIt(String runtime) throws Exception {
        var config = Files.writeString(folder.resolve("nacelle.yaml"), """
                system: {controls: true}
                workers:
                  - engine: python
                    options:
                      class: probe_engine:ProbeEngine
                      path: ["%s"]
                      runtime: %s
                """.formatted(ENGINES, runtime));
        try (var server = Launched.servingGraalPy(config.toString());
                var client = new Client()) {
            var metrics = server.system() + "/metrics";
            while (!client.get(metrics).body().contains("probe_pulled{")) Thread.onSpinWait(); // once it was told
            var held = CompletableFuture.supplyAsync(() -> hold(client, server.system()));
            int scrapes = 0;
            var longest = Duration.ZERO;
            for (; !held.isDone(); scrapes++) {
                long begin = System.nanoTime();
                assertThat(client.get(metrics).body()).contains("probe_pulled{");
                var took = Duration.ofNanos(System.nanoTime() - begin);
                if (took.compareTo(longest) > 0) longest = took;
            }
            assertThat(held.join()).isGreaterThanOrEqualTo(HELD);
            assertThat(longest).isLessThan(AT_ONCE);
            assertThat(scrapes).isGreaterThan(2);
        }
    }

    /** How long the engine held it. */
    private static Duration hold(Client client, String system) {
        long begin = System.nanoTime();
        try {
            var answer =
                    client.post(system + "/engine/control/hold_gil", "{\"seconds\": %d}".formatted(HELD.toSeconds()));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        } catch (java.io.IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
