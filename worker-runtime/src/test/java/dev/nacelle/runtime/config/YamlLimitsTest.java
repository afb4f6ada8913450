package dev.nacelle.runtime.config;

import static dev.nacelle.runtime.config.SampleParts.mistakes;
import static dev.nacelle.runtime.config.SampleParts.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlLimitsTest {
    record Any(Object any) {}

    @TempDir
    Path folder;

    private static List<String> anyMistakes(String yaml) {
        return mistakes(yaml(yaml), List.of(Any.class));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            any:\\n\\tx: 1          | text:2:1: a tab; indent with spaces
            any: 1\\nany: 2         | text:2:1: the key "any" a second time, expected it once; the first is at text:1:1
            any: {a: 1, a: 2}      | text:1:13: the key "a" a second time, expected it once; the first is at text:1:7
            any: b: c              | text:1:7: a second ": " in one line, or a wrong indentation; put a text that holds ": " in quotes
            any:\\n   a: 1\\n  b: 2  | text:3:3: something that does not belong here: a wrong indentation, or text after a value
            any: "a" b             | text:1:10: something that does not belong here: a wrong indentation, or text after a value
            any: [1                | text:1:8: no readable YAML: expected ',' or ']', but got <stream end>
            any: "x                | text:1:8: no readable YAML: found unexpected end of stream
            any: @x                | text:1:6: no readable YAML: found character '@' that cannot start any token. (Do not use @ for indentation)
            any: *x                | text:1:6: the alias *x, expected an anchor &x that ends before it
            any: &x [*x]           | text:1:10: the alias *x, expected an anchor &x that ends before it
            any: !!int 1           | text:1:6: the tag tag:yaml.org,2002:int, expected a value without a tag
            any: !java.net.URL [a] | text:1:6: the tag !java.net.URL, expected a value without a tag
            ? [a] : 1              | text:1:3: a key that is not plain text, expected a name before the colon
            any: 1\\n---\\nany: 2    | text:2:1: a second document, expected one YAML document in the file
            any: a\\u0001           | text:1:7: the character U+0001, expected printable text
            - any                  | text:1:1: found a list, expected a section of names and their values
            any                    | text:1:1: found "any", expected a section of names and their values
            """)
    void yamlThatCannotBeReadIsLocated(String yaml, String message) {
        assertThat(anyMistakes(yaml.replace("\\u0001", "\u0001").translateEscapes()))
                .containsExactly(message);
    }

    @Test
    void aliasesAreReadAndKeepTheAnchorsPlace() {
        var configuration = ConfigLoader.load(yaml("any: {a: &x {k: 1}, b: *x}"), List.of(Any.class));
        assertThat(configuration.part(Any.class).any()).isEqualTo(Map.of("a", Map.of("k", 1L), "b", Map.of("k", 1L)));
    }

    @Test
    void aliasesThatGrowWithoutBoundAreRefused() {
        var bomb = new StringBuilder("any:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            var alias = "*a" + (i - 1);
            bomb.append("  a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", Collections.nCopies(10, alias))));
        }
        assertThat(anyMistakes(bomb.toString()))
                .containsExactly("text:6:47: more than 100,000 values (aliases written out), expected a smaller file");
    }

    @Test
    void deepFilesAreRefusedWhereTheyGetTooDeep() {
        assertThat(anyMistakes("any: " + "[".repeat(100_000)))
                .containsExactly("text:1:69: more than 64 levels, expected a flatter file");
        assertThat(anyMistakes("any:\n " + "- ".repeat(1000) + "x"))
                .containsExactly("text:2:128: more than 64 levels, expected a flatter file");
        assertThat(anyMistakes("any: " + "{a: ".repeat(50_000)))
                .containsExactly("text:1:258: more than 64 levels, expected a flatter file");
    }

    @Test
    void largeFilesAreRefused() throws Exception {
        assertThat(anyMistakes("any: " + "x".repeat(YamlReader.CHARS_MAX)))
                .containsExactly("text: 1,048,581 characters of YAML, expected at most 1,048,576");
        assertThat(anyMistakes("any: [" + "x,".repeat(200_000) + "]"))
                .containsExactly(
                        "text:1:200001: more than 100,000 values (aliases written out), expected a smaller file");
        var file = folder.resolve("large.yaml");
        Files.write(file, new byte[5 << 20]);
        assertThat(mistakes(ConfigSource.empty(folder).withFile(file)))
                .containsExactly(file + ": more than 4,194,304 bytes, expected a smaller file");
    }

    /** Changed at random places, from a fixed seed: whatever comes, it is read or refused, with a place in the file. */
    @Test
    void anyTextIsEitherReadOrRefused() {
        var valid = """
                roles: [workers]
                frontend: {host: "a", port: 1, api_key: 'x'}
                workers:
                  - engine: echo
                    options: &o {rate: 1, max_tokens: 2}
                    labels: {a: b}
                  - engine: llama
                    options: {weights: w}
                  - engine: echo
                    options: *o
                """;
        var alphabet = "\t\n :-[]{}&*!|>'\"%@,?#a1~\u0000\uD83D\u2028.<=\\";
        var random = new Random(7);
        for (int round = 0; round < 800; round++) {
            var text = new StringBuilder(valid);
            for (int change = random.nextInt(4); change >= 0; change--) {
                int at = random.nextInt(text.length());
                text.replace(at, at + random.nextInt(2), "" + alphabet.charAt(random.nextInt(alphabet.length())));
            }
            int cut = random.nextInt(text.length());
            var source = yaml(text.toString())
                    .withSet(text.substring(cut, Math.min(text.length(), cut + 20)))
                    .withEnvironment(Map.of("NACELLE_WORKERS__0__" + text.charAt(cut), text.substring(cut)));
            try {
                SampleParts.load(source).render();
            } catch (ConfigException refused) {
                assertThat(refused.problems()).isNotEmpty();
            }
        }
    }

    @Test
    void bytesThatAreNoUtf8AreLocated() throws Exception {
        var file = folder.resolve("latin1.yaml");
        Files.write(file, "roles: []\n# \u00e4\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(mistakes(ConfigSource.empty(folder).withFile(file)))
                .containsExactly(file + ":2:3: a byte that is no UTF-8, expected a file saved as UTF-8");
    }

    @Test
    void aByteOrderMarkIsNoText() throws Exception {
        var file = folder.resolve("bom.yaml");
        Files.writeString(file, "\uFEFFany: \u00e4\n");
        var configuration = ConfigLoader.load(ConfigSource.empty(folder).withFile(file), List.of(Any.class));
        assertThat(configuration.part(Any.class).any()).isEqualTo("\u00e4");
        assertThat(configuration.effective().getFirst().origin()).hasToString(file + ":1:6");
    }
}
