package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, and what they say when something is wrong. */
class CommandLineIT {
    @TempDir
    Path folder;

    @Test
    void versionAndEnginesAreTold() throws Exception {
        assertThat(output("--version")).startsWith("nacelle 0.");
        assertThat(output("engines")).contains("echo").contains("llama");
        assertThat(output("completion")).contains("complete");
    }

    @Test
    void theDefaultConfigurationIsPrintedWithOrigins() throws Exception {
        assertThat(output("config", "--set", "frontend.port=9999"))
                .contains("port: 9999")
                .contains("--set")
                .contains("default");
    }

    @Test
    void theSchemaKnowsEveryRoleAndEngine() throws Exception {
        assertThat(output("config", "--schema")).contains("\"frontend\"", "\"workers\"", "\"echo\"", "\"llama\"");
    }

    @Test
    void theDefaultEnginePassesTheConformanceKit() throws Exception {
        assertThat(output("check", distribution("examples/configs/echo.yaml"))).contains("0 failed");
    }

    @Test
    void mistakesInAFileAreToldAllAtOnceWithLineAndColumn() throws Exception {
        var file = write("""
                frontend: {prot: 1}
                workers:
                  - engine: ecko
                """);
        try (var run = Launched.with("run", file.toString())) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errors())
                    .contains("broken.yaml:1:")
                    .contains("port")
                    .contains("broken.yaml:3:")
                    .contains("echo")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aRequestIsOneLineWithNamedFieldsInBothLogFormats() throws Exception {
        for (var format : List.of("text", "json")) {
            try (var client = new Client();
                    var server = Launched.serving(
                            distribution("examples/configs/echo.yaml"), "--set", "log.format=" + format)) {
                client.post(
                        server.api() + "/v1/completions",
                        "{\"model\": \"echo\", \"prompt\": \"a\", \"max_tokens\": 2}");
                server.terminate();
                assertThat(server.exitCode()).isZero();
                assertThat(server.errors().lines().filter(line -> line.contains("tokens_out")))
                        .singleElement()
                        .asString()
                        .contains(
                                format.equals("json")
                                        ? new String[] {"\"tokens_out\":\"2\"", "\"formattedMessage\":\"request\""}
                                        : new String[] {"request id=", " tokens_out=2 ", " status=200 "});
            }
        }
    }

    @Test
    void aPortInUseIsOneMessage() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var run = Launched.with(
                        "run",
                        distribution("examples/configs/echo.yaml"),
                        "--set",
                        "system.port=0",
                        "--set",
                        "frontend.port=" + taken.getLocalPort())) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errors())
                    .contains("frontend.port")
                    .contains(String.valueOf(taken.getLocalPort()))
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aMissingModelIsOneMessageAndDebugShowsTheStack() throws Exception {
        var file = write("""
                workers:
                  - engine: llama
                    model: {path: nowhere}
                system: {port: 0}
                frontend: {port: 0}
                """);
        try (var run = Launched.with("run", file.toString())) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errors()).contains("nowhere").doesNotContain("\tat ");
        }
        try (var run = Launched.with("run", "--debug", file.toString())) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errors()).contains("\tat ");
        }
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("broken.yaml"), yaml);
    }

    private static String distribution(String path) {
        return System.getProperty("nacelle.distribution") + "/" + path;
    }

    private static String output(String... arguments) throws Exception {
        try (var run = Launched.with(arguments)) {
            var output = run.output();
            assertThat(run.exitCode()).as(run.errors()).isZero();
            return output;
        }
    }
}
