package dev.nacelle.frontend.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValuesTest {
    private static @Nullable Object read(String json) throws IOException {
        try (var parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            return JsonValues.read(parser);
        }
    }

    @Test
    void everyKindOfValueHasItsJavaType() throws IOException {
        assertThat(read("[\"a\",1,9223372036854775808,1.5,1e3,true,false,null,[],{}]"))
                .isEqualTo(Arrays.asList(
                        "a",
                        1L,
                        new BigInteger("9223372036854775808"),
                        1.5,
                        1000.0,
                        true,
                        false,
                        null,
                        List.of(),
                        Map.of()));
    }

    @Test
    void anObjectKeepsItsOrderAndItsNulls() throws IOException {
        var map = JsonObject.of(read("{\"z\":null,\"a\":{\"b\":[1]}}")).values();
        assertThat(map.keySet()).containsExactly("z", "a");
        assertThat(map.get("z")).isNull();
        assertThat(map.get("a")).isEqualTo(Map.of("b", List.of(1L)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1e999", "-1e999", "[1", "{\"a\":}", "nul", "[1,,2]"})
    void whatIsNoJsonOrOutOfRangeIsRefused(String json) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(json));
    }

    @Test
    void aViewGivesWhatIsThereAndOfTheRightType() throws IOException {
        var object = JsonObject.of(read("{\"s\":\"x\",\"i\":7,\"b\":true,\"o\":{\"s\":\"y\"},\"l\":[1],\"n\":null}"));
        assertThat(object.string("s")).hasValue("x");
        assertThat(object.string("i")).isEmpty();
        assertThat(object.integer("i")).hasValue(7L);
        assertThat(object.integer("n")).isEmpty();
        assertThat(object.bool("b")).hasValue(true);
        assertThat(object.bool("missing")).isEmpty();
        assertThat(object.object("o").string("s")).hasValue("y");
        assertThat(object.object("l")).isEqualTo(JsonObject.EMPTY);
        assertThat(object.list("l")).hasSize(1);
        assertThat(object.list("o")).isEmpty();
        assertThat(JsonObject.of("no object")).isEqualTo(JsonObject.EMPTY);
    }
}
