package dev.nacelle.dynamo;

import static dev.nacelle.dynamo.RawFrontend.acknowledgement;
import static dev.nacelle.dynamo.RawFrontend.answer;
import static dev.nacelle.dynamo.RawFrontend.body;
import static dev.nacelle.dynamo.RawFrontend.call;
import static dev.nacelle.dynamo.RawFrontend.ended;
import static dev.nacelle.dynamo.RawFrontend.envelope;
import static dev.nacelle.dynamo.RawFrontend.frame;
import static dev.nacelle.dynamo.RawFrontend.listen;
import static dev.nacelle.dynamo.RawFrontend.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the metrics say of the network, against what went over it. */
@Timeout(120)
class NetworkMetricsTest {
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

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
                dynamo: {root: kv, request: {stall_timeout: 500ms, max_buffered: 1MiB}}
                workers:
                  - engine: scripted
                    router_grace: 0s
                    options: {context: 4000000}
                    model: {path: %s, name: m}
                """.formatted(Dynamo.model(folder.resolve("model"))), folder));
        frontend = RawFrontend.of(host, folder.resolve("kv"));
    }

    @AfterEach
    void stop() {
        if (host != null) host.close();
    }

    /** The value of a family of the worker's endpoint, or of one of its errors' types. */
    private double value(String family, String... errorType) {
        var type = errorType.length == 0 ? "" : "error_type=\"%s\",".formatted(errorType[0]);
        var worker = frontend.path.substring(0, frontend.path.indexOf('/'));
        return frontend.metric(
                "dynamo_component_%s{dynamo_component=\"backend\",dynamo_endpoint=\"generate\",dynamo_namespace=\"dynamo\",%sworker_id=\"%s\"}"
                        .formatted(family, type, worker));
    }

    private double errors() {
        return frontend.page("/metrics")
                .lines()
                .filter(line -> line.startsWith("dynamo_component_errors_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void send(Socket socket, byte[] frame) throws IOException {
        socket.getOutputStream().write(frame);
        assertThat(acknowledgement(socket)).isEmpty();
    }

    private byte[] request(ServerSocket answers, int seed) {
        return frame(frontend.path, call(answers), body(seed));
    }

    private void awaitIdle() {
        Await.until("the requests' end", () -> value("inflight_requests") == 0);
    }

    @Test
    void bytesAreThoseThatWentOverTheNetwork() throws Exception {
        long sent = 0;
        long received = 0;
        try (var socket = frontend.connect();
                var answers = listen()) {
            for (int script :
                    new int[] {0, ScriptedEngine.IN_ONE_CHUNK, ScriptedEngine.HANDOFF, ScriptedEngine.THROWS, 404}) {
                var frame = request(answers, script);
                send(socket, frame);
                sent += frame.length;
                received += answer(answers).length();
            }
            // One that no engine sees counts, too.
            var broken = frame(frontend.path, call(answers), "{");
            send(socket, broken);
            sent += broken.length;
            received += answer(answers).length();
        }
        awaitIdle();
        assertThat(value("request_bytes_total")).isEqualTo((double) sent);
        assertThat(value("response_bytes_total")).isEqualTo((double) received);
        assertThat(value("requests_total")).isEqualTo(5);
        assertThat(value("request_duration_seconds_count")).isEqualTo(5);
        assertThat(value("request_duration_seconds_sum")).isBetween(0.0, 60.0);
        assertThat(frontend.metric("dynamo_work_handler_time_to_first_response_seconds_count "))
                .isEqualTo(3);
    }

    @Test
    void transitIsTheTimeSinceTheFrontendSentTheRequest() throws Exception {
        var name = "dynamo_work_handler_network_transit_seconds_";
        try (var socket = frontend.connect();
                var answers = listen()) {
            long began = System.nanoTime();
            send(socket, sentAt(Instant.now().minusMillis(2500), answers));
            answer(answers);
            double most = 2.5 + (System.nanoTime() - began) / 1e9;
            assertThat(frontend.metric(name + "count ")).isEqualTo(1);
            assertThat(frontend.metric(name + "sum ")).isBetween(2.5, most);
            assertThat(frontend.metric(name + "bucket{le=\"1.0\"} ")).isZero();
            // A clock that is ahead of ours makes it none, and no negative time.
            double before = frontend.metric(name + "sum ");
            send(socket, sentAt(Instant.now().plusSeconds(60), answers));
            answer(answers);
            assertThat(frontend.metric(name + "count ")).isEqualTo(2);
            assertThat(frontend.metric(name + "sum ")).isEqualTo(before);
            // Without a time there is nothing to measure.
            send(socket, request(answers, 0));
            answer(answers);
            assertThat(frontend.metric(name + "count ")).isEqualTo(2);
        }
    }

    private byte[] sentAt(Instant when, ServerSocket answers) {
        var headers = "{\"x-frontend-send-ts-ns\":\"%d%09d\"}".formatted(when.getEpochSecond(), when.getNano());
        return frame(frontend.path, headers, call(answers), body(0));
    }

    @ParameterizedTest
    @CsvSource({
        ScriptedEngine.THROWS + ", generate",
        ScriptedEngine.NO_TERMINAL + ", response_stream",
        ScriptedEngine.UNSAYABLE + ", serialization"
    })
    void whatTheEngineGotWrongIsCountedByItsKind(int script, String type) throws Exception {
        try (var socket = frontend.connect();
                var answers = listen()) {
            send(socket, request(answers, script));
            assertThat(answer(answers)).contains("\"event\":\"error\"");
        }
        awaitIdle();
        assertThat(value("errors_total", type)).isEqualTo(1);
        assertThat(errors()).isEqualTo(1);
        assertThat(value("cancellation_total")).isZero();
    }

    @Test
    void whatIsWrongWithAMessageIsCountedByItsKind() throws Exception {
        try (var socket = frontend.connect();
                var answers = listen()) {
            send(socket, frame(frontend.path, call(answers), "{\"token_ids\":7}"));
            assertThat(answer(answers)).contains("\"class\":\"InvalidRequest\"");
            socket.getOutputStream().write(frame(frontend.path, "{}", body(0)));
            assertThat(ended(socket)).isTrue();
        }
        assertThat(value("errors_total", "deserialization")).isEqualTo(1);
        assertThat(value("errors_total", "invalid_message")).isEqualTo(1);
        assertThat(errors()).isEqualTo(2);
    }

    @Test
    void aFrontendThatDiesInTheMiddleIsCountedAsThat() throws Exception {
        try (var socket = frontend.connect();
                var answers = listen()) {
            send(socket, request(answers, ScriptedEngine.STALLED));
            try (var connection = answers.accept()) {
                read(connection, "\"token_ids\":[300");
            }
            awaitIdle();
        }
        assertThat(value("errors_total", "publish_response")).isEqualTo(1);
        assertThat(value("cancellation_total")).isEqualTo(1);
        assertThat(errors()).isEqualTo(1);
    }

    @Test
    void aClientThatLeavesIsACancellationAndNoError() throws Exception {
        try (var socket = frontend.connect();
                var answers = listen()) {
            send(socket, request(answers, ScriptedEngine.STALLED));
            try (var connection = answers.accept()) {
                read(connection, "\"token_ids\":[300");
                connection.getOutputStream().write(envelope("\"kill\"", ""));
                assertThat(answer(connection)).contains("\"finish_reason\":\"cancelled\"", "\"sentinel\"");
            }
        }
        awaitIdle();
        assertThat(value("cancellation_total")).isEqualTo(1);
        assertThat(errors()).isZero();
    }

    @Test
    void anEndThatNobodyReadsIsGivenUp() throws Exception {
        try (var socket = frontend.connect();
                var answers = new ServerSocket()) {
            answers.setReceiveBufferSize(4096);
            answers.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            send(socket, frame(frontend.path, call(answers), body(ScriptedEngine.IN_ONE_CHUNK, 3_000_000)));
            try (var _ = answers.accept()) {
                Await.until("the giving up", () -> value("errors_total", "publish_final") == 1);
            }
        }
        awaitIdle();
        assertThat(errors()).isEqualTo(1);
        assertThat(value("response_bytes_total")).isLessThan(12_000_000);
    }

    @Test
    void aStreamThatNobodyReadsIsGivenUpAndTheEngineTold() throws Exception {
        try (var socket = frontend.connect();
                var answers = new ServerSocket()) {
            answers.setReceiveBufferSize(4096);
            answers.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            send(socket, frame(frontend.path, call(answers), body(0, 3_000_000)));
            try (var _ = answers.accept()) {
                Await.until("the giving up", () -> value("errors_total", "publish_response") == 1);
            }
        }
        awaitIdle();
        assertThat(errors()).isEqualTo(1);
        assertThat(value("cancellation_total")).isEqualTo(1);
    }

    @Test
    void connectionsThatAreTooMuchAreDroppedAndCountedAsThePageSays() throws Exception {
        var family = "nacelle_plane_connections_dropped_total";
        try (var large = frontend.connect()) {
            // The frame is as large as one may be, but all together would hold more than they may.
            large.getOutputStream().write(frame(frontend.path, call(9), "x".repeat(3 << 20)));
            assertThat(ended(large)).isTrue();
        } catch (IOException e) {
            assertThat(e).as("closed while it was written to").isInstanceOf(SocketException.class);
        }
        Await.until("the drop", () -> frontend.metric(family + "{reason=\"limit\"}") == 1);
        try (var deaf = new Socket()) {
            deaf.setReceiveBufferSize(4096);
            deaf.connect(frontend.address());
            var refused = frame("nobody", "", "");
            var many = new byte[refused.length * 10_000];
            for (int i = 0; i < many.length; i += refused.length) System.arraycopy(refused, 0, many, i, refused.length);
            for (int i = 0; i < 100; i++) deaf.getOutputStream().write(many);
        } catch (IOException e) {
            assertThat(e).as("closed while it was written to").isInstanceOf(SocketException.class);
        }
        Await.until("the drop", () -> frontend.metric(family + "{reason=\"limit\"}") == 2);

        var page = frontend.page("/metrics");
        assertThat(page).contains("# TYPE %s counter".formatted(family));
        var row = Files.readAllLines(Path.of("..", "docs", "metrics.md")).stream()
                .filter(line -> line.startsWith("| `%s` | counter | `reason` |".formatted(family)))
                .findFirst()
                .orElseThrow();
        var documented = Pattern.compile("\\(`(\\w+)`\\)").matcher(row).results();
        assertThat(documented.map(match -> match.group(1)))
                .containsExactlyInAnyOrderElementsOf(page.lines()
                        .filter(line -> line.startsWith(family + "{"))
                        .map(line -> line.substring(line.indexOf('"') + 1, line.lastIndexOf('"')))
                        .toList());
    }

    @Test
    void labelsAreThoseOfDynamosOwnWorkers() {
        var page = frontend.page("/metrics");
        for (var family : List.of(
                "requests_total",
                "inflight_requests",
                "request_bytes_total",
                "response_bytes_total",
                "cancellation_total",
                "request_duration_seconds_sum"))
            assertThat(labels(page, "dynamo_component_" + family + "{"))
                    .as(family)
                    .containsExactly("dynamo_component", "dynamo_endpoint", "dynamo_namespace", "worker_id");
        assertThat(labels(page, "dynamo_component_errors_total{"))
                .containsExactly("dynamo_component", "dynamo_endpoint", "dynamo_namespace", "error_type", "worker_id");
        assertThat(labels(page, "dynamo_component_uptime_seconds{")).containsExactly("worker_id");
        assertThat(page)
                .contains("\ndynamo_work_handler_network_transit_seconds_count 0")
                .contains("\ndynamo_work_handler_time_to_first_response_seconds_count 0");
    }

    private static Set<String> labels(String page, String start) {
        var line =
                page.lines().filter(each -> each.startsWith(start)).findFirst().orElseThrow();
        var names = new TreeSet<String>();
        var found = LABEL.matcher(line);
        while (found.find()) names.add(found.group(1));
        return names;
    }
}
