package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.frontend.api.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Bad HTTP and bad JSON, for as long as {@code -Dfuzz.seconds} says (default 60): no 5xx, no hang, no class name, no path, no
 * thread left behind. A failure names its seed; {@code -Dfuzz.seed} begins there.
 */
@Tag("long")
class SurfaceFuzzTest {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");
    private static final Pattern INTERNALS = Pattern.compile("(dev\\.nacelle|java\\.|org\\.eclipse|Exception|\\tat )");
    private static final List<String> PATHS = List.of(
            "/v1/chat/completions",
            "/v1/completions",
            "/v1/responses",
            "/v1/models",
            "/v1/models/scripted",
            "/openapi.json",
            "/v1/none");
    private static final List<String> BASES = List.of(
            "{\"model\":\"scripted\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]%s}",
            "{\"model\":\"scripted\",\"prompt\":\"hello\"%s}", "{\"model\":\"scripted\",\"input\":\"hello\"%s}");
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-1",
            "1e400",
            "99999999999999999999",
            "\"\"",
            "\"auto\"",
            "\"\\ud800\"",
            "[]",
            "[[]]",
            "{}",
            "{\"type\":\"function\"}",
            "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{}}}",
            "[{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}]",
            "[{\"type\":\"function\",\"name\":\"weather\"}]",
            "{\"include_usage\":true}",
            "[\"a\",\"b\"]",
            "1.5",
            "\u0000");

    @Test
    void nothingThatComesInBreaksIt() throws Exception {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        var time = Duration.ofSeconds(Long.getLong("fuzz.seconds", 60));
        try (var fixture = new FrontendFixture("limits.idle_timeout=5s", "limits.head_timeout=2s");
                var engine = new ScriptedEngine(fixture.plane())) {
            fixture.whenReady();
            long end = System.nanoTime() + time.toNanos();
            int threads = Thread.activeCount();
            long count = 0;
            for (; System.nanoTime() < end; seed++, count++) {
                var random = new Random(seed);
                var answer = exchange(fixture.port(), request(random));
                var statuses = STATUS.matcher(answer).results().toList();
                for (var status : statuses)
                    assertThat(Integer.parseInt(status.group(1)))
                            .as("seed %d: %s", seed, answer)
                            .isLessThan(500);
                assertThat(INTERNALS.matcher(answer).find())
                        .as("seed %d: %s", seed, answer)
                        .isFalse();
            }
            assertThat(fixture.chat("hello", ",\"model\":\"scripted\"").statusCode())
                    .isEqualTo(400);
            fixture.awaitMetric("dynamo_frontend_active_requests{model=\"scripted\"}", 0);
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 20);
            assertThat(count).isPositive();
            assertThat(engine).isNotNull();
        }
    }

    private static byte[] request(Random random) {
        var body = body(random).getBytes(StandardCharsets.UTF_8);
        var path = PATHS.get(random.nextInt(PATHS.size()));
        var method = random.nextInt(8) == 0 ? "GET" : "POST";
        var head = new StringBuilder("%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".formatted(method, path));
        if (random.nextInt(10) != 0) head.append("Content-Type: application/json\r\n");
        if (random.nextInt(10) == 0)
            head.append("X-Request-Id: ").append("a\tb").append("\r\n");
        head.append("Content-Length: ")
                .append(random.nextInt(20) == 0 ? body.length / 2 : body.length)
                .append("\r\n\r\n");
        byte[] start = head.toString().getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        // Some bytes are changed on the way, most often in the body.
        for (int changes = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0; changes > 0; changes--) {
            int from = random.nextInt(5) == 0 ? 0 : start.length;
            all[from + random.nextInt(Math.max(1, all.length - from - 1))] = (byte) random.nextInt(256);
        }
        return all;
    }

    private static String body(Random random) {
        var members = new StringBuilder();
        var parameters = Parameters.all();
        for (int i = random.nextInt(4); i > 0; i--)
            members.append(",\"")
                    .append(parameters.get(random.nextInt(parameters.size())).name())
                    .append("\":")
                    .append(VALUES.get(random.nextInt(VALUES.size())));
        return BASES.get(random.nextInt(BASES.size())).formatted(members);
    }

    /** Sends, closes its half, and reads to the end: a server that says nothing for 20 s hangs. */
    private static String exchange(int port, byte[] request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request);
            return read(socket.getInputStream());
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no end of the answer to " + new String(request, StandardCharsets.UTF_8), e);
        }
    }

    private static String read(InputStream in) throws IOException {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException _) {
            return ""; // reset: the server had answered before all was sent
        }
    }
}
