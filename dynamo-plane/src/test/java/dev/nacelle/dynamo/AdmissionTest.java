package dev.nacelle.dynamo;

import static dev.nacelle.dynamo.RawFrontend.files;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that takes no more, or should not be there, before NVIDIA's frontend; and another that takes what it refuses. */
@Timeout(180)
class AdmissionTest {
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

    @BeforeEach
    @AfterEach
    void nobodyIsThere() {
        Await.until("no model", () -> models() == 0);
    }

    private static Host worker(String request, String options) throws Exception {
        return worker(dynamo.root(), request, options);
    }

    private static Host worker(Path root, String request, String options) throws Exception {
        return Nacelle.start(HostConfig.ofYaml("""
                roles: [workers]
                plane: dynamo
                system: {port: 0}
                dynamo: {root: %s, source_path: m, request: {%s}}
                workers:
                  - engine: scripted
                    router_grace: 0s
                    options: {%s}
                    model: {path: %s, name: m}
                """.formatted(root, request, options, model), folder));
    }

    private static int models() {
        try {
            return dynamo.models().size();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until the frontend sends requests to all of them. */
    private static void awaitWorkers(Host... workers) {
        for (var worker : workers) {
            double before = requests(worker);
            Await.until("a request of its own for each worker", () -> {
                ask();
                return requests(worker) > before;
            });
        }
    }

    private static double requests(Host worker) {
        return page(worker, "/metrics")
                .lines()
                .filter(line -> line.startsWith("dynamo_component_requests_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String page(Host worker, String path) {
        var request = HttpRequest.newBuilder(RawFrontend.system(worker).resolve(path));
        try {
            return dynamo.http.send(request.build(), BodyHandlers.ofString()).body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String health(Host worker) {
        return page(worker, "/health");
    }

    /** What is published of workers, by file. */
    private static Map<Path, String> published() {
        var published = new HashMap<Path, String>();
        for (var folder : List.of("v1/instances", "v1/mdc"))
            for (var file : files(dynamo.root().resolve(folder)))
                if (file.getFileName().toString().contains("generate"))
                    try {
                        published.put(file, Files.readString(file));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
        return published;
    }

    /** Removes what those that are not there any more have left. */
    private static void withdraw() throws IOException {
        for (var file : published().keySet()) Files.deleteIfExists(file);
    }

    /** Whether a file of the deployment is that of this worker, whose line ends in its id. */
    private static boolean isOurs(Path file, Host worker) {
        var id = worker.served().getFirst().replaceAll("^worker \\S+ (\\w+) .*", "$1");
        return file.getFileName().toString().endsWith("%2F" + id);
    }

    private static HttpResponse<String> ask() {
        try {
            return dynamo.send("m", ",\"max_tokens\":4");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A stream that goes on until its client leaves. */
    private static CompletableFuture<HttpResponse<InputStream>> endless() {
        int before = ScriptedEngine.SEEN.size();
        var stream = dynamo.http.sendAsync(
                dynamo.post(
                                "/v1/chat/completions",
                                Dynamo.chat("m", ",\"stream\":true,\"seed\":" + ScriptedEngine.SILENT))
                        .build(),
                BodyHandlers.ofInputStream());
        Await.until("the stream", () -> ScriptedEngine.SEEN.size() > before);
        return stream;
    }

    private static void leave(CompletableFuture<HttpResponse<InputStream>> stream) throws IOException {
        if (stream.isDone()) stream.join().body().close();
        else stream.cancel(true);
    }

    @Test
    void aWorkerThatIsFullRefusesAndAnotherTakesIt() throws Exception {
        try (var full = worker("max_requests: 1", "")) {
            awaitWorkers(full);
            var stream = endless();
            assertThat(ask().statusCode()).isEqualTo(529);
            try (var other = worker("", "")) {
                awaitWorkers(other);
                for (int i = 0; i < 6; i++) assertThat(ask().statusCode()).isEqualTo(200);
            }
            leave(stream);
            Await.until("room", () -> ask().statusCode() == 200);
        }
    }

    @Test
    void aWorkerThatDrainsRefusesAndAnotherTakesIt() throws Exception {
        // What it publishes gets to the frontend by a way of its own, on which its leaving is lost.
        var root = folder.resolve("elsewhere");
        var draining = worker(root, "", "");
        try (var _ = new Copy(root, dynamo.root())) {
            awaitWorkers(draining);
            var stream = endless();
            var stopping = Thread.ofVirtual().start(draining::close);
            Await.until("the leaving", () -> files(root.resolve("v1/instances")).isEmpty());
            Await.until("a refusal", () -> ask().statusCode() == 503);
            try (var other = worker("", "")) {
                awaitWorkers(other);
                for (int i = 0; i < 6; i++) assertThat(ask().statusCode()).isEqualTo(200);
            }
            leave(stream);
            stopping.join();
        } finally {
            draining.close();
        }
    }

    @Test
    void whatAWorkerLeavesUnfinishedIsFinishedElsewhere() throws Exception {
        try (var failing = worker("", "");
                var other = worker("", "fails: false")) {
            awaitWorkers(failing, other);
            for (int i = 0; i < ScriptedEngine.ERRORS.size(); i++) {
                var error = ScriptedEngine.ERRORS.get(i);
                double before = requests(failing);
                var statuses = new TreeSet<Integer>();
                while (requests(failing) == before) {
                    var seed = ScriptedEngine.FIRST_ERROR + 1000 + i;
                    var answer = dynamo.send("m", ",\"max_tokens\":4,\"seed\":" + seed);
                    statuses.add(answer.statusCode());
                    if (answer.statusCode() == 200)
                        assertThat(Dynamo.JSON
                                        .readTree(answer.body())
                                        .at("/usage/completion_tokens")
                                        .asInt())
                                .as(error.toString())
                                .isEqualTo(4);
                }
                int status = ErrorsTest.documented(error);
                if (status > 500) assertThat(statuses).as(error.toString()).containsExactly(200);
                else assertThat(statuses).as(error.toString()).contains(status);
            }
        }
    }

    @Test
    void aWorkerWhoseCardNoLongerFitsStaysAwayUntilItDoes() throws Exception {
        try (var ours = worker("", "")) {
            awaitWorkers(ours);
            var theirs = dynamo.mocker("m", model);
            Await.until("the simulator", () -> published().size() == 4);
            // What a frontend does to a worker that was suspended.
            for (var file : published().keySet()) if (isOurs(file, ours)) Files.delete(file);
            Await.until("the word of it", () -> health(ours).contains("kv_cache_block_size is 16 here and 64 there"));
            assertThat(health(ours)).contains("\"published\":false", "not published: ");
            assertThat(published().keySet()).noneMatch(file -> isOurs(file, ours));

            theirs.destroyForcibly().onExit().join();
            withdraw();
            Await.until("our return", () -> published().keySet().stream().anyMatch(file -> isOurs(file, ours)));
            Await.until("an answer", () -> ask().statusCode() == 200);
            assertThat(health(ours)).contains("\"published\":true").doesNotContain("not published");
        }
    }
}
