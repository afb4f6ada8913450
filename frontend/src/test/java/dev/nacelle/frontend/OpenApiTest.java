package dev.nacelle.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import dev.nacelle.frontend.api.OpenApi;
import dev.nacelle.frontend.api.Parameter;
import dev.nacelle.frontend.api.Parameters;
import dev.nacelle.frontend.json.JsonObject;
import dev.nacelle.frontend.json.JsonValues;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class OpenApiTest {
    private static final String VALIDATOR = "openapi-spec-validator==0.9.0";

    private static JsonObject document(String text) throws Exception {
        try (var parser = new JsonFactory().createParser(text)) {
            parser.nextToken();
            return JsonObject.of(JsonValues.read(parser));
        }
    }

    @Test
    void everyRouteThatItNamesIsThereAndEveryParameterIsOne() throws Exception {
        try (var fixture = new FrontendFixture()) {
            fixture.engine();
            fixture.whenReady();
            var paths = document(fixture.get("/openapi.json").body()).object("paths");
            assertThat(paths.values()).hasSize(7);
            for (var path : paths.values().keySet()) {
                var real = path.replace("{model}", "model");
                var answer = paths.object(path).object("post").values().isEmpty()
                        ? fixture.get(real)
                        : fixture.send(fixture.post(real, "{}"));
                assertThat(answer.statusCode())
                        .as(path)
                        .isEqualTo(paths.object(path).object("post").values().isEmpty() ? 200 : 400);
            }
            for (var kind : Parameter.Kind.values()) {
                var properties = paths.object(OpenApi.path(kind))
                        .object("post")
                        .object("requestBody")
                        .object("content")
                        .object("application/json")
                        .object("schema")
                        .object("properties");
                assertThat(properties.values().keySet())
                        .containsExactlyInAnyOrderElementsOf(Parameters.all().stream()
                                .filter(parameter -> parameter.requests().contains(kind))
                                .map(Parameter::name)
                                .toList());
            }
        }
    }

    @Test
    void itIsValid() throws Exception {
        var python = Installed.python("openapi", VALIDATOR);
        var folder = Files.createTempDirectory("openapi");
        var file = folder.resolve("openapi.json");
        try {
            Files.write(file, OpenApi.document());
            assertThat(Installed.output(folder, python.toString(), "-m", "openapi_spec_validator", file.toString()))
                    .last()
                    .asString()
                    .endsWith("OK");
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }
}
