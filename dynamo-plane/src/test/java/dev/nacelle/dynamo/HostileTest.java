package dev.nacelle.dynamo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private String path;

    private int port;

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
                    model: {path: %s, name: m}
                """.formatted(Dynamo.model(folder.resolve("model"))), folder));
        var instances = folder.resolve("kv/v1/instances");
        Await.until("the publication", () -> files(instances).size() == 1);
        var address = Dynamo.JSON
                .readTree(files(instances).getFirst().toFile())
                .at("/transport/tcp")
                .asText();
        port = Integer.parseInt(address.substring(address.indexOf(':') + 1, address.indexOf('/')));
        path = address.substring(address.indexOf('/') + 1);
    }

    @AfterEach
    void stop() {
        if (host != null) host.close();
    }

    private static List<Path> files(Path folder) {
        try (var files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] frame(String path, String call, String body) {
        var p = path.getBytes(StandardCharsets.UTF_8);
        var c = call.getBytes(StandardCharsets.UTF_8);
        var b = body.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + p.length + 24 + c.length + b.length)
                .putShort((short) p.length)
                .put(p)
                .putShort((short) 0)
                .putInt(24 + c.length + b.length)
                .putLong(c.length)
                .putLong(b.length)
                .putLong(0)
                .put(c)
                .put(b)
                .array();
    }

    private static String call(int answerPort) {
        return """
                {"id":"r1","response_type":"many_out","payload_codec":"json","connection_info":{"transport":"tcp_server",\
                "info":"{\\"address\\":\\"127.0.0.1:%d\\",\\"subject\\":\\"s\\"}"}}""".formatted(answerPort);
    }

    private static String body(int seed) {
        return """
                {"model":"m","token_ids":[300,301],"stop_conditions":{"max_tokens":2},"sampling_options":{"seed":%d}}""".formatted(seed);
    }

    private static String acknowledgement(Socket socket) throws IOException {
        var in = new DataInputStream(socket.getInputStream());
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private double metric(String start) throws Exception {
        var line = host.served().getLast();
        try (var http = HttpClient.newHttpClient()) {
            var page = http.send(
                            HttpRequest.newBuilder(URI.create(line.substring(line.indexOf("http")) + "/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            var sample = page.lines()
                    .filter(each -> each.startsWith(start))
                    .findFirst()
                    .orElseThrow();
            return Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1));
        }
    }

    @Test
    void whatIsNoFrameCostsItsConnectionAlone() throws Exception {
        try (var bad = connect();
                var good = connect();
                var answers = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            bad.getOutputStream()
                    .write("GET / HTTP/1.1\r\nhost: worker\r\n\r\n".repeat(100).getBytes(StandardCharsets.UTF_8));
            assertThat(ended(bad)).isTrue();
            good.getOutputStream().write(frame(path, call(answers.getLocalPort()), body(0)));
            assertThat(acknowledgement(good)).isEmpty();
            assertThat(answer(answers)).contains("\"token_ids\":[300", "\"finish_reason\":\"length\"", "\"sentinel\"");
        }
        assertThat(metric("nacelle_plane_connections_dropped_total{reason=\"malformed\"}"))
                .isEqualTo(1);
    }

    @Test
    void limitsOfSizeTimeAndConnectionsHold() throws Exception {
        try (var large = connect()) {
            large.getOutputStream().write(frame(path, call(9), "x".repeat(5000)));
            assertThat(ended(large)).isTrue();
        }
        try (var slow = connect()) {
            slow.getOutputStream().write(new byte[] {0});
            assertThat(ended(slow)).isTrue();
        }
        assertThat(metric("nacelle_plane_connections_dropped_total{reason=\"timeout\"}"))
                .isEqualTo(1);
        var many = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 3; i++) many.add(connect());
            try (var oneMore = connect()) {
                assertThat(ended(oneMore)).isTrue();
            }
        } finally {
            for (var socket : many) socket.close();
        }
        assertThat(metric("nacelle_plane_connections_dropped_total{reason=\"limit\"}"))
                .isEqualTo(1);
    }

    @Test
    void aRequestThatIsNoneIsAnsweredWithItsError() throws Exception {
        try (var socket = connect();
                var answers = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (var body :
                    new String[] {"{", "[]", "{\"token_ids\":[]}", "{\"token_ids\":[1],\"stop_conditions\":7}"}) {
                socket.getOutputStream().write(frame(path, call(answers.getLocalPort()), body));
                assertThat(acknowledgement(socket)).as(body).isEmpty();
                assertThat(answer(answers))
                        .as(body)
                        .contains("\"class\":\"InvalidRequest\"", "\"complete_final\":true");
            }
        }
        assertThat(metric("dynamo_component_errors_total{dynamo_component=\"backend\",dynamo_endpoint=\"generate\","
                        + "dynamo_namespace=\"dynamo\",error_type=\"deserialization\""))
                .isEqualTo(4);
    }

    @Test
    void whatCannotBeTakenIsRefusedInTheAcknowledgement() throws Exception {
        try (var socket = connect();
                var answers = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            socket.getOutputStream().write(frame("7b/n/c/e", call(9), body(0)));
            assertThat(acknowledgement(socket)).isEqualTo("Server unavailable: no such endpoint here");
            socket.getOutputStream().write(frame(path, call(answers.getLocalPort()), body(ScriptedEngine.SILENT)));
            assertThat(acknowledgement(socket)).isEmpty();
            socket.getOutputStream().write(frame(path, call(answers.getLocalPort()), body(0)));
            assertThat(acknowledgement(socket)).isEqualTo("Server overloaded: 1 requests run already");
            // The frontend dies: the engine is told, and there is room again.
            answers.accept().close();
            Await.until("room", () -> {
                try {
                    socket.getOutputStream().write(frame(path, call(answers.getLocalPort()), body(0)));
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
        try (var socket = connect()) {
            socket.getOutputStream().write(frame(path, call(nobody), body(ScriptedEngine.SILENT)));
            assertThat(acknowledgement(socket)).isEmpty();
            var inFlight =
                    "dynamo_component_inflight_requests{dynamo_component=\"backend\",dynamo_endpoint=\"generate\"";
            Await.until("the request's end", () -> {
                try {
                    return metric(inFlight) == 0;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
        assertThat(metric("dynamo_component_errors_total{dynamo_component=\"backend\",dynamo_endpoint=\"generate\","
                        + "dynamo_namespace=\"dynamo\",error_type=\"response_stream\""))
                .isEqualTo(1);
    }

    @Test
    void drainingTakesTheWorkerOutOfDiscoveryAndKeepsItsFilesNoLonger() throws Exception {
        host.close();
        assertThat(files(folder.resolve("kv/v1/instances"))).isEmpty();
        assertThat(files(folder.resolve("kv/v1/mdc"))).isEmpty();
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // reset, as there was more to read
        }
    }

    /** Everything that comes over the connection of a response, whose end is waited for. */
    private static String answer(ServerSocket answers) throws IOException {
        try (var connection = answers.accept()) {
            connection.setSoTimeout(20_000);
            var all = new StringBuilder();
            var buffer = new byte[4096];
            while (all.indexOf("\"sentinel\"") < 0) {
                int count = connection.getInputStream().read(buffer);
                if (count < 0) break;
                all.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            }
            return all.toString();
        }
    }
}
