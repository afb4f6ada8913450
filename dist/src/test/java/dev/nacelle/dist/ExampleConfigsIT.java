package dev.nacelle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every configuration under examples/configs serves as it stands, given a Python that has what its comment asks for. */
class ExampleConfigsIT {
    private static final Path FOLDER = Path.of(System.getProperty("nacelle.distribution"), "examples", "configs");
    private static final Pattern MODEL = Pattern.compile("\"id\":\"([^\"]+)\"");

    static Stream<String> configs() throws IOException {
        try (var files = Files.list(FOLDER)) {
            var names =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            assertThat(names).isNotEmpty();
            return names.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void itServes(String name) throws Exception {
        try (var server = start(name);
                var client = new Client()) {
            var model = MODEL.matcher(client.get(server.api() + "/v1/models").body());
            assertThat(model.find()).isTrue();
            var answer = client.post(
                    server.api() + "/v1/completions",
                    "{\"model\": \"%s\", \"prompt\": \"abc\", \"max_tokens\": 4}".formatted(model.group(1)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("\"text\":");
            server.terminate();
            assertThat(server.exitCode()).isZero();
        }
    }

    private static Launched start(String name) throws IOException {
        var config = FOLDER.resolve(name).toString();
        return switch (name) {
            case "python-metered.yaml", "python-numpy.yaml" ->
                Launched.serving(
                        config,
                        "--set",
                        "workers[0].options.python=" + Environment.python("examples", "ExampleEnginesTest"));
            case "python-graalpy.yaml" -> Launched.servingGraalPy(config);
            default -> Launched.serving(config);
        };
    }
}
