package dev.nacelle.dynamo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One frontend over a simulated worker of Dynamo's own and one of ours, and what happens to 64 streams when either goes. */
@Timeout(300)
class ChaosTest {
    private static final int STREAMS = 64;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Dynamo dynamo;

    @SuppressWarnings("NullAway.Init")
    private static Path model;

    @BeforeAll
    static void start() throws Exception {
        dynamo = Dynamo.frontend("--migration-limit", "2");
        model = Dynamo.model(folder.resolve("model"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (dynamo != null) dynamo.close();
    }

    private static Process mocker() throws IOException {
        return dynamo.mocker("model", model, "--speedup-ratio", "1");
    }

    private static Worker worker(String name) throws IOException {
        return Worker.start(folder, name, """
                roles: [workers]
                plane: dynamo
                system: {port: 0}
                shutdown_timeout: 60s
                dynamo: {root: %s, source_path: %s, kv_cache_block_size: 64, context_length: 0}
                workers:
                  - engine: echo
                    options: {rate: 100}
                    router_grace: 3s
                    model: {path: %s, name: model}
                """.formatted(dynamo.root(), model, model));
    }

    private static Load load() {
        return new Load(
                dynamo.api(), Dynamo.chat("model", ",\"stream\":true,\"ignore_eos\":true,\"max_tokens\":100"), STREAMS);
    }

    /**
     * Requests that the frontend has failed by itself: while it dials a worker that was killed, requests that wait for that
     * give up after some turns, with an error that it does not take for one of a connection and so not to another worker.
     */
    private static int undialled() {
        return (int) dynamo.log("frontend")
                .lines()
                .filter(line -> line.contains("Failed to generate completions: No healthy TCP connection")
                        && line.contains("connect retries"))
                .count();
    }

    /** Instances that frontends can find. */
    private static long instances() throws IOException {
        try (var files = Files.list(dynamo.root().resolve("v1/instances"))) {
            return files.filter(file -> file.getFileName().toString().contains("generate"))
                    .count();
        }
    }

    private interface Disturbance {
        void run(Process simulator, Worker ours) throws Exception;
    }

    /** Runs the load, disturbs it, lets it run on, and finds every request complete. */
    private static void survives(String name, Disturbance disturbance) throws Exception {
        assertThat(failures(name, disturbance)).isEmpty();
    }

    /** The same after a kill, where all but {@link #undialled} have to be complete. */
    private static void survivesKill(String name, Disturbance disturbance) throws Exception {
        int before = undialled();
        var failures = failures(name, disturbance);
        assertThat(failures).hasSizeLessThanOrEqualTo(undialled() - before);
    }

    private static List<String> failures(String name, Disturbance disturbance) throws Exception {
        var simulator = mocker();
        dynamo.awaitModel("model");
        try (var ours = worker(name)) {
            Await.until("both instances", () -> {
                try {
                    return instances() == 2;
                } catch (IOException e) {
                    return false;
                }
            });
            try (var load = load()) {
                Await.until("the load", () -> load.complete() > 2 * STREAMS);
                disturbance.run(simulator, ours);
                int before = load.complete();
                Await.until("the load going on", () -> load.complete() > before + 2 * STREAMS);
                load.finish();
                System.out.printf(
                        "%s: %d requests complete, %d failed%n",
                        name, load.complete(), load.failures().size());
                load.failures().forEach(System.out::println);
                return load.failures();
            }
        } finally {
            simulator.destroyForcibly().onExit().join();
            Await.until("no instance", Duration.ofSeconds(30), () -> {
                try {
                    return dynamo.models().isEmpty();
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void bothAreAskedInTurn() throws Exception {
        survives("alternating", (_, ours) -> {
            var page = dynamo.http
                    .send(
                            HttpRequest.newBuilder(ours.system().resolve("/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            var line = page.lines()
                    .filter(each -> each.startsWith("dynamo_component_requests_total{"))
                    .findFirst()
                    .orElseThrow();
            assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .isGreaterThan(STREAMS / 2.0);
        });
    }

    @Test
    void ourWorkerIsKilled() throws Exception {
        survivesKill("ours-killed", (_, ours) -> ours.signal("KILL"));
    }

    @Test
    void theSimulatorIsKilled() throws Exception {
        survivesKill("theirs-killed", (simulator, _) -> Worker.signal(simulator, "KILL"));
    }

    @Test
    void ourWorkerIsSuspendedForLongerThanItsLease() throws Exception {
        survives("ours-suspended", (_, ours) -> {
            ours.signal("STOP");
            TimeUnit.SECONDS.sleep(15); // what is waited for is that nothing else than time passes
            ours.signal("CONT");
            Await.until("our return", () -> {
                try {
                    return instances() == 2;
                } catch (IOException e) {
                    return false;
                }
            });
        });
    }

    @Test
    void theSimulatorIsSuspendedForLongerThanItsLease() throws Exception {
        survives("theirs-suspended", (simulator, _) -> {
            Worker.signal(simulator, "STOP");
            TimeUnit.SECONDS.sleep(15);
            Worker.signal(simulator, "CONT");
        });
    }

    @Test
    void ourWorkerIsDrained() throws Exception {
        survives("ours-drained", (_, ours) -> {
            ours.signal("TERM");
            assertThat(ours.process().waitFor(90, TimeUnit.SECONDS)).isTrue();
            assertThat(ours.process().exitValue()).as(ours.log()).isZero();
        });
    }

    @Test
    void theSimulatorIsDrained() throws Exception {
        survives("theirs-drained", (simulator, _) -> Worker.signal(simulator, "TERM"));
    }
}
