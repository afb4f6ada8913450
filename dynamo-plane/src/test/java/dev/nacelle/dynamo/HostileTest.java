package dev.nacelle.dynamo;

import static dev.nacelle.dynamo.RawFrontend.acknowledgement;
import static dev.nacelle.dynamo.RawFrontend.answer;
import static dev.nacelle.dynamo.RawFrontend.body;
import static dev.nacelle.dynamo.RawFrontend.call;
import static dev.nacelle.dynamo.RawFrontend.ended;
import static dev.nacelle.dynamo.RawFrontend.files;
import static dev.nacelle.dynamo.RawFrontend.frame;
import static dev.nacelle.dynamo.RawFrontend.listen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker's request port before frontends that do not do as they should; no Dynamo is needed for that. */
@Timeout(120)
class HostileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Host host;

    @SuppressWarnings("NullAway.Init")
    private RawFrontend frontend;

    @BeforeEach
    void start() throws Exception {
        host = Nacelle.start(HostConfig.ofYaml("""
                roles: [workers]
                plane: dynamo
                system: {port: 0}
                dynamo:
                  root: kv
                  request: {max_frame: 4KiB, max_connections: 3, frame_timeout: 300ms, dial_timeout: 1s, max_requests: 1}
                workers:
                  - engine: scripted
                    router_grace: 0s
                    model: {path: %s, name: m}
                """.formatted(Dynamo.model(folder.resolve("model"))), folder));
        frontend = RawFrontend.of(host, folder.resolve("kv"));
    }

    @AfterEach
    void stop() {
        if (host != null) host.close();
    }

    @Test
    void whatIsNoFrameCostsItsConnectionAlone() throws Exception {
        try (var bad = frontend.connect();
                var good = frontend.connect();
                var answers = listen()) {
            bad.getOutputStream()
                    .write("GET / HTTP/1.1\r\nhost: worker\r\n\r\n".repeat(100).getBytes(StandardCharsets.UTF_8));
            assertThat(ended(bad)).isTrue();
            good.getOutputStream().write(frame(frontend.path, call(answers), body(0)));
            assertThat(acknowledgement(good)).isEmpty();
            assertThat(answer(answers)).contains("\"token_ids\":[300", "\"finish_reason\":\"length\"", "\"sentinel\"");
        }
        assertThat(frontend.metric("nacelle_plane_connections_dropped_total{reason=\"malformed\"}"))
                .isEqualTo(1);
    }

    @Test
    void limitsOfSizeTimeAndConnectionsHold() throws Exception {
        try (var large = frontend.connect()) {
            large.getOutputStream().write(frame(frontend.path, call(9), "x".repeat(5000)));
            assertThat(ended(large)).isTrue();
        }
        try (var slow = frontend.connect()) {
            slow.getOutputStream().write(new byte[] {0});
            assertThat(ended(slow)).isTrue();
        }
        assertThat(frontend.metric("nacelle_plane_connections_dropped_total{reason=\"timeout\"}"))
                .isEqualTo(1);
        var many = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 3; i++) many.add(frontend.connect());
            try (var oneMore = frontend.connect()) {
                assertThat(ended(oneMore)).isTrue();
            }
        } finally {
            for (var socket : many) socket.close();
        }
        assertThat(frontend.metric("nacelle_plane_connections_dropped_total{reason=\"limit\"}"))
                .isEqualTo(1);
    }

    @Test
    void aRequestThatIsNoneIsAnsweredWithItsError() throws Exception {
        try (var socket = frontend.connect();
                var answers = listen()) {
            for (var body :
                    new String[] {"{", "[]", "{\"token_ids\":[]}", "{\"token_ids\":[1],\"stop_conditions\":7}"}) {
                socket.getOutputStream().write(frame(frontend.path, call(answers), body));
                assertThat(acknowledgement(socket)).as(body).isEmpty();
                assertThat(answer(answers))
                        .as(body)
                        .contains("\"class\":\"InvalidRequest\"", "\"complete_final\":true");
            }
        }
        assertThat(frontend.metric(
                        "dynamo_component_errors_total{dynamo_component=\"backend\",dynamo_endpoint=\"generate\","
                                + "dynamo_namespace=\"dynamo\",error_type=\"deserialization\""))
                .isEqualTo(4);
    }

    @Test
    void whatCannotBeTakenIsRefusedInTheAcknowledgement() throws Exception {
        try (var socket = frontend.connect();
                var answers = listen()) {
            socket.getOutputStream().write(frame("7b/n/c/e", call(9), body(0)));
            assertThat(acknowledgement(socket)).isEqualTo("Server unavailable: no such endpoint here");
            socket.getOutputStream().write(frame(frontend.path, call(answers), body(ScriptedEngine.SILENT)));
            assertThat(acknowledgement(socket)).isEmpty();
            socket.getOutputStream().write(frame(frontend.path, call(answers), body(0)));
            assertThat(acknowledgement(socket)).isEqualTo("Server overloaded: 1 requests run already");
            // The frontend dies: the engine is told, and there is room again.
            answers.accept().close();
            Await.until("room", () -> {
                try {
                    socket.getOutputStream().write(frame(frontend.path, call(answers), body(0)));
                    return acknowledgement(socket).isEmpty();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @Test
    void aFrontendThatCannotBeDialledCostsItsRequestAlone() throws Exception {
        int nobody = Dynamo.freePort();
        try (var socket = frontend.connect()) {
            socket.getOutputStream().write(frame(frontend.path, call(nobody), body(ScriptedEngine.SILENT)));
            assertThat(acknowledgement(socket)).isEmpty();
            var inFlight =
                    "dynamo_component_inflight_requests{dynamo_component=\"backend\",dynamo_endpoint=\"generate\"";
            Await.until("the request's end", () -> frontend.metric(inFlight) == 0);
        }
        assertThat(frontend.metric(
                        "dynamo_component_errors_total{dynamo_component=\"backend\",dynamo_endpoint=\"generate\","
                                + "dynamo_namespace=\"dynamo\",error_type=\"response_stream\""))
                .isEqualTo(1);
    }

    @Test
    void drainingTakesTheWorkerOutOfDiscoveryAndKeepsItsFilesNoLonger() throws Exception {
        host.close();
        assertThat(files(folder.resolve("kv/v1/instances"))).isEmpty();
        assertThat(files(folder.resolve("kv/v1/mdc"))).isEmpty();
    }
}
