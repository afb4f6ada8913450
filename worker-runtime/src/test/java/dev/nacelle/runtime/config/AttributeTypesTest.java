package dev.nacelle.runtime.config;

import static dev.nacelle.runtime.config.SampleParts.BASE;
import static dev.nacelle.runtime.config.SampleParts.mistakes;
import static dev.nacelle.runtime.config.SampleParts.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.config.Setting;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributeTypesTest {
    enum Color {
        RED,
        LIGHT_BLUE
    }

    record Point(
            int x,
            @Setting(value = "Height", byDefault = "7") int y) {}

    record Everything(
            String text,
            boolean flag,
            int whole,
            long large,
            double decimal,
            Color color,
            Path path,
            Duration duration,
            ByteSize size,
            URI uri,
            SecretFile keyFile,
            Point point,
            List<Point> points,
            List<List<Integer>> grid,
            Map<String, Point> named,
            Object anything,
            RawSection raw,
            Integer boxed) {}

    record Absent(
            Optional<String> text,
            Optional<Point> point,
            Optional<List<String>> list,
            OptionalInt whole,
            OptionalLong large,
            OptionalDouble decimal,
            @Nullable String nullable,
            @Nullable Duration duration,
            RawSection raw) {}

    record Limits(
            @Setting(value = "", byDefault = "1", min = 1, max = 10)
            int both,

            @Setting(value = "", byDefault = "[1]", max = 3) List<Long> each,

            @Setting(value = "", byDefault = "2s", min = 1, max = 60)
            Duration time,

            @Setting(value = "", byDefault = "1KiB", min = 1024)
            ByteSize size,

            @Setting(value = "", byDefault = "0.5", min = 0, max = 1)
            double share) {}

    private static <T extends Record> T bind(Class<T> type, String yaml) {
        return ConfigLoader.load(yaml(yaml), List.of(type)).part(type);
    }

    @Test
    void everyTypeIsBound() {
        var bound = bind(Everything.class, """
                text: 1.10
                flag: true
                whole: -5
                large: 9000000000
                decimal: 1e-3
                color: light-blue
                path: models/x
                duration: 1.5s
                size: 16MiB
                uri: nats://127.0.0.1:4722
                key_file: keys/api
                point: {x: 1}
                points: [{x: 2, y: 3}]
                grid: [[1, 2], []]
                named: {a.b: {x: 4}}
                anything: {n: 1, big: 99999999999999999999, d: .5, t: "1", l: [true, null, yes]}
                raw: {k: v}
                boxed: 3
                """);
        assertThat(bound)
                .isEqualTo(new Everything(
                        "1.10",
                        true,
                        -5,
                        9_000_000_000L,
                        0.001,
                        Color.LIGHT_BLUE,
                        BASE.resolve("models/x"),
                        Duration.ofMillis(1500),
                        new ByteSize(16 << 20),
                        URI.create("nats://127.0.0.1:4722"),
                        new SecretFile(BASE.resolve("keys/api")),
                        new Point(1, 7),
                        List.of(new Point(2, 3)),
                        List.of(List.of(1, 2), List.of()),
                        Map.of("a.b", new Point(4, 7)),
                        bound.anything(),
                        bound.raw(),
                        3));
        assertThat(bound.anything())
                .asString()
                .isEqualTo("{n=1, big=99999999999999999999, d=0.5, t=1, l=[true, null, yes]}");
        assertThat(bound.anything())
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("n", 1L)
                .containsEntry("big", new BigInteger("99999999999999999999"))
                .containsEntry("t", "1");
        assertThat(bound.raw().values()).containsExactly(Map.entry("k", "v"));
    }

    @Test
    void whatIsOptionalMayBeLeftOut() {
        var bound = bind(Absent.class, "");
        assertThat(bound)
                .isEqualTo(new Absent(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        OptionalLong.empty(),
                        OptionalDouble.empty(),
                        null,
                        null,
                        bound.raw()));
        assertThat(bound.raw().values()).isEmpty();
    }

    @Test
    void nullSaysThatAnOptionalSettingIsNotSet() {
        var bound = bind(Absent.class, "{text: null, point: ~, list: null, whole: null, nullable: , duration: null}");
        assertThat(bound.text()).isEmpty();
        assertThat(bound.point()).isEmpty();
        assertThat(bound.duration()).isNull();
    }

    @Test
    void whatIsOptionalMayBeGiven() {
        var bound = bind(Absent.class, """
                {text: "", point: {x: 1}, list: [a], whole: 1, large: 2, decimal: 3, nullable: x, duration: 1h}
                """);
        assertThat(bound)
                .isEqualTo(new Absent(
                        Optional.of(""),
                        Optional.of(new Point(1, 7)),
                        Optional.of(List.of("a")),
                        OptionalInt.of(1),
                        OptionalLong.of(2),
                        OptionalDouble.of(3),
                        "x",
                        Duration.ofHours(1),
                        bound.raw()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            both: 0      | text:1:7: both: found "0", expected a whole number from 1 to 10
            both: 11     | text:1:7: both: found "11", expected a whole number from 1 to 10
            both: 1.0    | text:1:7: both: found "1.0", expected a whole number from 1 to 10
            both: 1e9    | text:1:7: both: found "1e9", expected a whole number from 1 to 10
            each: [1, 4] | text:1:11: each[1]: found "4", expected a whole number of at most 3
            each: [99999999999999999999] | text:1:8: each[0]: found "99999999999999999999", expected a whole number of at most 3
            each: 1      | text:1:7: each: found "1", expected a list
            each: [~]    | text:1:8: each[0]: no value, expected a whole number of at most 3
            time: 1      | text:1:7: time: found "1", expected a duration such as 500ms, 60s, 2m or 1h from 1s to 60s
            time: 2m     | text:1:7: time: found "2m", expected a duration such as 500ms, 60s, 2m or 1h from 1s to 60s
            size: 1kb    | text:1:7: size: found "1kb", expected a size such as 16MiB, 64KB or 4096 of at least 1024 bytes
            size: 1XB    | text:1:7: size: found "1XB", expected a size such as 16MiB, 64KB or 4096 of at least 1024 bytes
            share: 1.01  | text:1:8: share: found "1.01", expected a number from 0 to 1
            share: .nan  | text:1:8: share: found ".nan", expected a number from 0 to 1
            share: {a: 1} | text:1:8: share: found a section with keys, expected a number from 0 to 1
            share: [1]   | text:1:8: share: found a list, expected a number from 0 to 1
            share:       | text:1:7: share: no value, expected a number from 0 to 1
            """)
    void valuesOutOfRangeOrOfAnotherTypeAreRefused(String yaml, String message) {
        assertThat(mistakes(yaml(yaml), List.of(Limits.class))).containsExactly(message);
    }

    record Plain(boolean flag, Color color, Path path, URI uri, SecretFile secret, String text, Point point) {}

    @Test
    void eachTypeSaysWhatItExpects() {
        assertThat(mistakes(
                        yaml("{flag: yes, color: lightblue, path: ~/x, uri: 'a b', secret: '', text: [], point: 3}"),
                        List.of(Plain.class)))
                .containsExactly(
                        "text:1:8: flag: found \"yes\", expected true or false",
                        "text:1:20: color: found \"lightblue\", expected one of red, light_blue; did you mean light_blue?",
                        "text:1:37: path: found \"~/x\", expected a path, written out (~ means nothing here)",
                        "text:1:47: uri: found \"a b\", expected a URI",
                        "text:1:62: secret: found \"\", expected the path of a file that holds the secret",
                        "text:1:72: text: found a list, expected text",
                        "text:1:83: point: found \"3\", expected a section with keys of x, y");
    }

    record Wrong(Instant when) {}

    record WrongDefault(
            @Setting(value = "", byDefault = "[") String text) {}

    record Unselected(@SelectedBy("engin") RawSection options, String engine) {}

    record Bare(@SuppressWarnings("rawtypes") List list) {}

    @Test
    void anAuthorLearnsWhichComponentCannotBeConfigured() {
        assertThatThrownBy(() -> bind(Wrong.class, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("%s.when: a configuration has no values of class java.time.Instant"
                        .formatted(Wrong.class.getName()));
        assertThatThrownBy(() -> bind(WrongDefault.class, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("WrongDefault.text: the default [ is no YAML");
        assertThatThrownBy(() -> bind(Bare.class, "")).hasMessageContaining("Bare.list: java.util.List needs its");
        assertThatThrownBy(() -> bind(Unselected.class, ""))
                .hasMessageContaining("Unselected: @SelectedBy(\"engin\") names no String component");
        assertThatThrownBy(() -> ConfigLoader.load(yaml(""), List.of(Limits.class, Limits.class)))
                .hasMessageContaining("both have the top-level key both");
    }

    record Nulls(Map<String, Object> map, List<Object> list) {}

    record Copied(List<Object> list) {
        Copied {
            list = List.copyOf(list);
        }
    }

    @Test
    void nullMayStandInFreeFormValuesOnly() {
        assertThat(bind(Nulls.class, "{map: {a: null}, list: [~, 1]}").toString())
                .isEqualTo("Nulls[map={a=null}, list=[null, 1]]");
        assertThat(mistakes(yaml("list: [~, 1]"), List.of(Copied.class)))
                .containsExactly("text:1:1: null where a value is needed");
    }

    @Test
    void absolutePathsStayAndDotsAreResolved() {
        record Paths(Path a, Path b) {}
        var bound = bind(Paths.class, "{a: /abs, b: ../up/./x}");
        assertThat(bound).isEqualTo(new Paths(Path.of("/abs"), Path.of("/up/x")));
    }
}
