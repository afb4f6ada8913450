package dev.nacelle.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueFormsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "0,0,0",
        "4096,4096,4KiB",
        "16MiB,16777216,16MiB",
        "64KB,64000,64KB",
        "1 gib,1073741824,1GiB",
        "7B,7,7",
        "9223372036854775807,9223372036854775807,9223372036854775807"
    })
    void sizesAreReadAndPrinted(String text, long bytes, String printed) {
        assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes)).hasToString(printed);
        assertThat(ByteSize.parse(printed)).isEqualTo(new ByteSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5MiB", "16M", "MiB", "9223372036854775808", "99999999TiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining('"' + text + '"');
    }

    @ParameterizedTest
    @CsvSource({
        "0,PT0S,0s",
        "500ms,PT0.5S,500ms",
        "1.5s,PT1.5S,1500ms",
        "60s,PT1M,1m",
        "90m,PT1H30M,90m",
        "2d,PT48H,48h",
        "3us,PT0.000003S,3us",
        "1 h,PT1H,1h",
        "0.5ns,PT0S,0s"
    })
    void durationsAreReadAndPrinted(String text, Duration duration, String printed) {
        assertThat(Durations.parse(text)).contains(duration);
        assertThat(Durations.format(duration)).isEqualTo(printed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "-1s", "s", "1m30s", "1S", "999999999999d", "1e3s"})
    void whatIsNoDurationIsRefused(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "prot,port",
        "optoins,options",
        "Max-Tokens,max_tokens",
        "maxTokens,max_tokens",
        "hots,host",
        "zzz,",
        "o,",
        "engine_pth,engine_path"
    })
    void theNearestKeyIsFound(String word, String nearest) {
        var keys = List.of("host", "port", "options", "max_tokens", "engine_path");
        assertThat(NearestKey.of(word, keys).orElse(null)).isEqualTo(nearest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".a", "a.", "a..b", "a[", "a[x]", "a[0]b", "a b", "[\"x]", "a[9999999999]"})
    void pathsOfAnotherFormAreRefused(String path) {
        assertThat(KeyPath.parse(path)).isEmpty();
    }

    @Test
    void pathsAreReadAsTheyArePrinted() {
        var path = KeyPath.ROOT.key("workers").index(0).key("a.b").key("max_tokens");
        assertThat(path.text()).isEqualTo("workers[0][\"a.b\"].max_tokens");
        assertThat(KeyPath.parse(path.text()).orElseThrow())
                .containsExactly(
                        new KeyPath.Step.Key("workers"),
                        new KeyPath.Step.Index(0),
                        new KeyPath.Step.Key("a.b"),
                        new KeyPath.Step.Key("max_tokens"));
    }

    @Test
    void aSecretIsReadFromItsFileAndNeverPrinted() throws IOException {
        var secret = new SecretFile(Files.writeString(folder.resolve("key"), "hidden\n"));
        assertThat(secret.read()).isEqualTo("hidden");
        assertThat(secret.toString()).isEqualTo(folder.resolve("key").toString());
        Files.writeString(secret.path(), "rotated");
        assertThat(secret.read()).isEqualTo("rotated");
        Files.writeString(secret.path(), " \n");
        assertThatThrownBy(secret::read).hasMessageContaining("expected a secret of 1 byte to 64 KiB");
        assertThatThrownBy(() -> new SecretFile(folder.resolve("none")).read()).hasMessageContaining("no such file");
    }

    @Test
    void aKeyMayBeCalledWhatNoComponentCan() {
        record Named(
                @Setting(key = "class", value = "What it is")
                String className) {}
        var source = ConfigSource.empty(Path.of("")).withText("class: a", Path.of(""));
        assertThat(ConfigLoader.load(source, List.of(Named.class)).part(Named.class))
                .isEqualTo(new Named("a"));
    }
}
