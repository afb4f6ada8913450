package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scrape takes what Python has said before, and never waits for it: not while an engine's code holds the GIL. */
class HeldGilIT {
    private static final Path ENGINES = Path.of("..", "python-engines", "src", "test", "python")
            .toAbsolutePath()
            .normalize();
    /** Scrapes that end while it is held: more than the one that would wait for it. */
    private static final int ENOUGH = 3;
    /** A machine that does other things too needs longer for so many. */
    private static final List<Integer> HELD_S = List.of(2, 4, 8, 16);

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
            int most = 0;
            for (int seconds : HELD_S) {
                var held = CompletableFuture.supplyAsync(() -> hold(client, server.system(), seconds));
                int scrapes = 0;
                for (; !held.isDone(); scrapes++)
                    assertThat(client.get(metrics).body()).contains("probe_pulled{");
                assertThat(held.join()).contains("longest_s");
                most = scrapes - 1; // the last may have ended after it
                if (most >= ENOUGH) break;
            }
            assertThat(most).isGreaterThanOrEqualTo(ENOUGH);
        }
    }

    /** Has the engine hold it. */
    private static String hold(Client client, String system, int seconds) {
        try {
            var answer = client.post(system + "/engine/control/hold_gil", "{\"seconds\": %d}".formatted(seconds));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return answer.body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
