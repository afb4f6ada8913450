package dev.nacelle.frontend;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nacelle.runtime.config.ConfigException;
import dev.nacelle.runtime.host.Host;
import dev.nacelle.runtime.host.HostConfig;
import dev.nacelle.runtime.host.Nacelle;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/serving-under-load.md says, with the commands and files that stand there, and changes limits by HTTP. */
@Timeout(120)
class UnderLoadPageTest {
    private static final Path TOP = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?:^ {4}\\S.*\\n)+", Pattern.MULTILINE);
    private static final String REQUEST = "{\"model\":\"paced\",\"prompt\":\"ab\",\"max_tokens\":%d}";

    @TempDir
    Path folder;

    private final List<String> blocks;

    UnderLoadPageTest() throws IOException {
        blocks = BLOCK.matcher(Files.readString(TOP.resolve("docs/serving-under-load.md")))
                .results()
                .map(found -> found.group().replaceAll("(?m)^ {4}", ""))
                .toList();
        assertThat(blocks).hasSize(3);
    }

    private static Host start(String frontend, boolean controls) throws Exception {
        return Nacelle.start(HostConfig.ofYaml("""
                workers: [{engine: paced, options: {pace: 2ms}}]
                frontend: {port: 0%s}
                system: {port: 0, controls: %s}
                metrics: {jvm: false}
                """.formatted(frontend, controls), Path.of("")));
    }

    private static String address(Host host, String of) {
        return host.served().stream()
                .filter(line -> line.startsWith(of + " at "))
                .map(line -> line.substring(of.length() + 4))
                .findFirst()
                .orElseThrow();
    }

    private static HttpResponse<String> post(String url, String body, String... headers) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) request.headers(headers);
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }

    private String run(String command) throws Exception {
        var name = command.substring(0, command.indexOf(' '));
        boolean isThere = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, name)));
        if (!isThere && "true".equals(System.getenv("NO_TEST_SKIPS"))) throw new AssertionError("no " + name);
        assumeTrue(isThere, "no " + name + " on PATH");
        var process = new ProcessBuilder("sh", "-e", "-c", command)
                .directory(folder.toFile())
                .start();
        var printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, SECONDS)).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }

    @Test
    void limitsChangeWhileTheProcessRuns() throws Exception {
        try (var host = start("", true);
                var first =
                        new RawClient(URI.create(address(host, "OpenAI API")).getPort());
                var second =
                        new RawClient(URI.create(address(host, "OpenAI API")).getPort())) {
            var system = address(host, "metrics and health");
            var api = address(host, "OpenAI API") + "/v1/completions";
            var command = blocks.getFirst();
            assertThat(command).startsWith("curl ").contains("http://127.0.0.1:8081/");
            assertThat(run(command.replace("http://127.0.0.1:8081", system)))
                    .contains("\"status\":\"ok\",\"requests\":256,\"queue\":0,");
            var update = system + "/engine/update/admission";
            assertThat(post(update, "{\"requests\": 1}").body()).contains("\"requests\":1,\"queue\":0,");
            first.post("/v1/completions", REQUEST.formatted(90_000).replace("}", ",\"stream\":true}"));
            first.until("\"text\":\"");
            assertThat(post(api, REQUEST.formatted(1)).statusCode()).isEqualTo(429);
            // One more may wait, and has its place as soon as there is one.
            assertThat(post(update, "{\"queue\": 1, \"queue_timeout_ms\": 60000}")
                            .body())
                    .contains("\"queue\":1,\"queue_timeout_ms\":60000,", "\"requests_taken\":1");
            second.post("/v1/completions", REQUEST.formatted(1));
            while (!post(update, "").body().contains("\"queue_taken\":1")) Thread.onSpinWait();
            assertThat(post(update, "{\"requests\": 2}").statusCode()).isEqualTo(200);
            second.until(" 200 OK");
            assertThat(post(update, "{\"requests\": 0}").body())
                    .contains("\"status\":\"error\"", "requests: found 0, expected a whole number from 1");
            assertThat(post(update, "{\"places\": 7}").body()).contains("places: expected only");
            assertThat(post(update, "").body()).contains("\"requests\":2,\"queue\":1,");
        }
    }

    @Test
    void limitsStayAsTheyAreWhereControlsAreOff() throws Exception {
        try (var host = start("", false)) {
            var answer = post(address(host, "metrics and health") + "/engine/update/admission", "{\"requests\": 1}");
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("system.controls");
        }
    }

    @Test
    void theFileOfKeysWorksAsWritten() throws Exception {
        var hash = run("printf %s my-key | sha256sum").split(" ", 2)[0];
        var keys = folder.resolve("keys");
        Files.writeString(keys, blocks.get(1) + "carol sha256:" + hash + "\n");
        try (var host = start(", api_keys: {file: '%s'}".formatted(keys), false)) {
            var api = address(host, "OpenAI API") + "/v1/completions";
            assertThat(post(api, REQUEST.formatted(1)).statusCode()).isEqualTo(401);
            assertThat(post(api, REQUEST.formatted(1), "Authorization", "Bearer my-key")
                            .statusCode())
                    .isEqualTo(200);
            // The first hash of the page is that of this key.
            assertThat(post(api, REQUEST.formatted(1), "Authorization", "Bearer secret")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void whatTheLongCommandsNameIsThere() throws Exception {
        assertThat(blocks.get(2)).contains("./dev test -pl frontend -am -Plong -Dtest=SoakTest ");
        assertThat(Optional.ofNullable(SoakTest.class.getDeclaredMethods()))
                .hasValueSatisfying(methods -> assertThat(
                                Arrays.stream(methods).filter(method -> method.isAnnotationPresent(Test.class)))
                        .isNotEmpty());
        assertThat(isLong(SoakTest.class)).isTrue();
        assertThat(Files.readString(TOP.resolve("pom.xml"))).contains("<id>long</id>");
        assertThat(TOP.resolve("benchmarks/load")).isExecutable();
    }

    private static boolean isLong(Class<?> test) {
        return test.isAnnotationPresent(Tag.class)
                || Arrays.stream(test.getDeclaredMethods()).anyMatch(method -> method.isAnnotationPresent(Tag.class));
    }

    @Test
    void theSystemPortIsNeverThePublicOne() throws Exception {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        for (var host : List.of("", ", host: 0.0.0.0"))
            assertThatThrownBy(() -> Nacelle.start(HostConfig.ofYaml("""
                            workers: [{engine: paced}]
                            frontend: {port: %d%s}
                            system: {port: %1$d}
                            metrics: {jvm: false}
                            """.formatted(port, host), Path.of(""))))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("frontend.port: found %d".formatted(port))
                    .hasMessageContaining("another than that of system.port");
    }
}
