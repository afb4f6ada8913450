package dev.nacelle.dynamo;

import static dev.nacelle.dynamo.RawFrontend.acknowledgement;
import static dev.nacelle.dynamo.RawFrontend.answer;
import static dev.nacelle.dynamo.RawFrontend.call;
import static dev.nacelle.dynamo.RawFrontend.ended;
import static dev.nacelle.dynamo.RawFrontend.files;
import static dev.nacelle.dynamo.RawFrontend.frame;
import static dev.nacelle.dynamo.RawFrontend.listen;
import static dev.nacelle.dynamo.RawFrontend.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.dynamo.net.Breakage;
import dev.nacelle.runtime.config.ByteSize;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.PlaneServices;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.runtime.system.ComponentHealth;
import dev.nacelle.runtime.system.FileBoard;
import dev.nacelle.runtime.system.HealthBoard;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.ModelInput;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Usage;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The plane when its own threads fail: nobody who was promised an answer goes without, and everybody can see it. */
@Timeout(60)
class DynamoPlaneTest {
    private static final String BODY = "{\"model\":\"m\",\"prompt\":\"hello\",\"stream\":true}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final HealthBoard board = new HealthBoard();

    /** The requests that came in, for the test to answer. */
    private final LinkedBlockingQueue<ResponseReceiver> asked = new LinkedBlockingQueue<>();

    @SuppressWarnings("NullAway.Init")
    private RuntimeMetrics metrics;

    @SuppressWarnings("NullAway.Init")
    private DynamoPlane plane;

    @SuppressWarnings("NullAway.Init")
    private RawFrontend frontend;

    @BeforeEach
    void open() throws Exception {
        metrics = RuntimeMetrics.open(new PrometheusRegistry(), new MetricsConfig(false));
        var system = URI.create("http://127.0.0.1:9");
        plane = DynamoPlane.open(config(), new PlaneServices("n", metrics, board, new FileBoard(), system));
        var model = EngineConfig.of("m", Registration.ofContext(64)).withInput(ModelInput.TEXT);
        var card = new WorkerCard(7, "n", "c", "e", model, Optional.empty(), Disaggregation.AGGREGATED, 0);
        plane.register(card, this::handle).ready(true);
        frontend = RawFrontend.of(system, folder);
    }

    @AfterEach
    void close() {
        if (plane != null) plane.close();
        if (metrics != null) metrics.close();
    }

    private DynamoConfig config() {
        return new DynamoConfig(
                DynamoConfig.Discovery.FILE,
                Optional.of(folder),
                List.of(),
                new DynamoConfig.Requests(
                        "127.0.0.1",
                        0,
                        Optional.empty(),
                        OptionalInt.empty(),
                        new ByteSize(1 << 20),
                        new ByteSize(1 << 20),
                        16,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        64),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                true,
                DynamoConfig.Codec.JSON);
    }

    private InFlight handle(GenerateRequest request, RequestHead head, ResponseReceiver receiver) {
        asked.add(receiver);
        return _ -> {};
    }

    private ComponentHealth health() {
        return board.parts().getFirst();
    }

    /** Sends a request. @return what its acknowledgement says */
    private String ask(Socket socket, ServerSocket answers) throws IOException {
        socket.getOutputStream().write(frame(frontend.path, call(answers), BODY));
        return acknowledgement(socket);
    }

    private static void finish(ResponseReceiver receiver) {
        receiver.finished(FinishReason.STOP, new Usage(1, 2));
    }

    @Test
    void responsesAreWrittenToTheirEndThoughTheirThreadHasFailed() throws Exception {
        assertThat(health().ready()).isTrue();
        assertThat(health().details()).isEmpty();
        try (var socket = frontend.connect();
                var answers = listen()) {
            assertThat(ask(socket, answers)).isEmpty();
            var receiver = asked.take();
            receiver.chunk(Chunk.ofText("before "));
            try (var connection = answers.accept()) {
                assertThat(read(connection, "before ")).contains("before ");
                Breakage.of(plane.responses);
                Await.until("the failure", () -> plane.responses.health().failures() == 1);
                receiver.chunk(Chunk.ofText("after"));
                finish(receiver);
                assertThat(answer(connection)).contains("\"text\":\"after\"", "\"sentinel\"");
            }
            assertThat(ask(socket, answers)).isEmpty();
            finish(asked.take());
            assertThat(answer(answers)).contains("\"sentinel\"");
        }
        assertThat(health().ready()).isTrue();
        assertThat(health().details())
                .containsEntry("responses_failures", 1)
                .containsEntry("responses_last_error", "java.nio.channels.ClosedSelectorException");
    }

    @Test
    void requestsComeInAgainThoughTheirThreadHasFailed() throws Exception {
        try (var before = frontend.connect();
                var answers = listen()) {
            assertThat(ask(before, answers)).isEmpty();
            Breakage.of(plane.requests);
            // Which requests it has acknowledged, a frontend could not tell any more.
            assertThat(ended(before)).isTrue();
            finish(asked.take());
            assertThat(answer(answers)).contains("\"sentinel\"");
            try (var after = frontend.connect()) {
                assertThat(ask(after, answers)).isEmpty();
                finish(asked.take());
                assertThat(answer(answers)).contains("\"sentinel\"");
            }
        }
        assertThat(health().ready()).isTrue();
        assertThat(health().details()).containsEntry("requests_failures", 1);
    }

    @Test
    void whileResponsesCannotBeWrittenNothingIsTaken() throws Exception {
        try (var socket = frontend.connect();
                var answers = listen()) {
            Await.until("a refusal", () -> {
                try {
                    Breakage.of(plane.responses);
                    var said = ask(socket, answers);
                    if (said.isEmpty()) {
                        finish(asked.take());
                        assertThat(answer(answers)).contains("\"sentinel\"");
                    }
                    return said.equals("Server unavailable: responses cannot be written at the moment");
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(asked).isEmpty();
        }
    }

    @Test
    void aPlaneThatCannotBeMendedIsNotReadyAndLeavesDiscovery() throws Exception {
        Breakage.forGood(plane.requests);
        Await.until("the failure", () -> !board.isReady());
        assertThat(health().state()).isEqualTo("failed");
        assertThat(health().details()).containsKeys("requests_failures", "requests_last_error");
        Await.until("the leaving", () -> files(folder.resolve("v1/instances")).isEmpty());
        assertThat(files(folder.resolve("v1/mdc"))).isEmpty();
    }
}
