package dev.nacelle.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nacelle.spi.config.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class JsonSchemaTest {
    private static JsonNode schema(List<Class<? extends Record>> parts, Map<String, Class<? extends Record>> engines) {
        try {
            return new ObjectMapper().readTree(JsonSchema.of(parts, engines));
        } catch (JsonProcessingException noJson) {
            throw new AssertionError(noJson);
        }
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    @Test
    void partsShareOneRootAndRecordsAreDefinitions() throws Exception {
        var schema = schema(SampleParts.PARTS, Map.of());
        assertThat(schema.path("$schema").asText()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.path("additionalProperties")).isEqualTo(json("false"));
        assertThat(schema.path("properties").fieldNames())
                .toIterable()
                .containsExactly("roles", "shutdown_timeout", "frontend", "workers");
        assertThat(schema.at("/properties/roles")).isEqualTo(json("""
                {'description': 'What the process does', 'type': 'array', 'items': {'type': 'string'},
                 'default': ['workers', 'frontend']}"""));
        assertThat(schema.at("/properties/frontend")).isEqualTo(json("{'$ref': '#/$defs/Frontend'}"));
        assertThat(schema.at("/$defs/Frontend/properties/port")).isEqualTo(json("""
                {'description': 'Port to listen on', 'type': 'integer', 'minimum': 0, 'maximum': 65535,
                 'default': 8000}"""));
        assertThat(schema.at("/$defs/Frontend/properties/host/default")).isEqualTo(json("'127.0.0.1'"));
        assertThat(schema.at("/$defs/Frontend/properties/api_key")).isEqualTo(json("""
                {'description': 'Key that clients show', 'anyOf': [{'type': 'string'}, {'type': 'null'}],
                 'writeOnly': true}"""));
        assertThat(schema.at("/$defs/Worker/required")).isEqualTo(json("['engine']"));
        assertThat(schema.at("/$defs/Worker/properties/disaggregation/enum"))
                .isEqualTo(json("['aggregated', 'prefill_only']"));
        assertThat(schema.at("/$defs/Worker/properties/options")).isEqualTo(json("{'type': 'object'}"));
        assertThat(schema.at("/$defs/Worker").has("allOf")).isFalse();
    }

    @Test
    void theEngineChoosesItsOptions() throws Exception {
        var schema = schema(SampleParts.PARTS, SampleParts.ENGINES);
        assertThat(schema.at("/$defs/Worker/allOf")).isEqualTo(json("""
                [{'if': {'properties': {'engine': {'const': 'echo'}}, 'required': ['engine']},
                  'then': {'properties': {'options': {'$ref': '#/$defs/EchoOptions'}}}},
                 {'if': {'properties': {'engine': {'const': 'llama'}}, 'required': ['engine']},
                  'then': {'properties': {'options': {'$ref': '#/$defs/LlamaOptions'}}, 'required': ['options']}}]"""));
        assertThat(schema.at("/$defs/EchoOptions/properties/rate/minimum")).isEqualTo(json("0"));
        assertThat(schema.at("/$defs/LlamaOptions/additionalProperties")).isEqualTo(json("false"));
    }

    record Types(
            Duration time,
            ByteSize size,
            Path path,
            SecretFile secret,
            URI uri,
            double share,
            boolean flag,
            OptionalInt maybe,
            Map<String, Integer> counts,
            Object any,
            Optional<Types> recursive) {}

    record TypesPart(
            Types types,
            @Setting(value = "", byDefault = "echo") String engine,
            @SelectedBy("engine") RawSection options) {}

    @Test
    void everyTypeHasItsForm() throws Exception {
        var schema = schema(List.of(TypesPart.class), Map.of("echo", SampleParts.EchoOptions.class));
        var types = schema.at("/$defs/Types/properties");
        assertThat(types.at("/path/type")).isEqualTo(json("'string'"));
        assertThat(types.at("/secret/type")).isEqualTo(json("'string'"));
        assertThat(types.at("/uri")).isEqualTo(json("{'type': 'string', 'format': 'uri-reference'}"));
        assertThat(types.at("/share")).isEqualTo(json("{'type': 'number'}"));
        assertThat(types.at("/flag")).isEqualTo(json("{'type': 'boolean'}"));
        assertThat(types.at("/maybe/anyOf")).isEqualTo(json("[{'type': 'integer'}, {'type': 'null'}]"));
        assertThat(types.at("/counts"))
                .isEqualTo(json("{'type': 'object', 'additionalProperties': {'type': 'integer'}}"));
        assertThat(types.at("/any")).isEqualTo(json("{}"));
        assertThat(types.at("/recursive/anyOf/0")).isEqualTo(json("{'$ref': '#/$defs/Types'}"));
        assertThat(types.at("/size/type")).isEqualTo(json("['string', 'integer']"));
        assertThat("16MiB").matches(types.at("/size/pattern").asText());
        assertThat("16M").doesNotMatch(types.at("/size/pattern").asText());
        assertThat("1.5s").matches(Pattern.compile(types.at("/time/pattern").asText()));
        assertThat("15").doesNotMatch(Pattern.compile(types.at("/time/pattern").asText()));
        assertThat(schema.path("required")).isEqualTo(json("['types']"));
        assertThat(schema.at("/allOf/0/if")).isEqualTo(json("{'properties': {'engine': {'const': 'echo'}}}"));
    }

    @Test
    void twoRecordsOfOneNameStayApart() {
        record Model(int layers) {}
        record Other(Model other) {}
        var schema = schema(List.of(SampleParts.WorkersPart.class, Other.class), Map.of());
        assertThat(schema.path("$defs").fieldNames()).toIterable().contains("Model", "Model2");
    }
}
