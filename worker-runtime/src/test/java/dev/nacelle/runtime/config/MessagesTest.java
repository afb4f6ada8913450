package dev.nacelle.runtime.config;

import static dev.nacelle.runtime.config.SampleParts.load;
import static dev.nacelle.runtime.config.SampleParts.mistakes;
import static dev.nacelle.runtime.config.SampleParts.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessagesTest {
    @TempDir
    Path folder;

    @Test
    void severalMistakesComeTogetherInTheOrderOfTheFile() {
        assertThatThrownBy(() -> load(yaml("""
                        port: 3
                        frontend:
                          hots: 127.0.0.1
                          port: 100000
                        workers:
                          - engine: ehco
                          - engine: echo
                            options:
                              rte: 1
                          - options: {}
                          - engine: llama
                        """).withEnvironment(Map.of("NACELLE_FRONTEND__METRICS_PAHT", ""))))
                .isInstanceOf(ConfigException.class)
                .hasMessage("""
                        The configuration has 8 mistakes:
                          text:1:1: port: unknown key, expected one of roles, shutdown_timeout, frontend, workers; \
                        did you mean frontend.port?
                          text:3:3: frontend.hots: unknown key, expected one of host, port, metrics_path, api_key, \
                        registry; did you mean host?
                          text:4:9: frontend.port: found "100000", expected a whole number from 0 to 65535
                          text:6:13: workers[0].engine: found "ehco", expected one of echo, llama; did you mean echo?
                          text:9:7: workers[1].options.rte: unknown key, expected one of rate, max_tokens, password; \
                        did you mean rate?
                          text:10:5: workers[2].engine: missing, expected text (Name of the engine)
                          text:11:5: workers[3].options.weights: missing, expected a path (Folder of the weights)
                          environment NACELLE_FRONTEND__METRICS_PAHT: frontend.metrics_paht: unknown key, expected one \
                        of host, port, metrics_path, api_key, registry; did you mean NACELLE_FRONTEND__METRICS_PATH?""");
    }

    @Test
    void aMissingOptionPointsAtTheWorker() {
        assertThat(mistakes(yaml("""
                workers:
                  - engine: llama
                  - engine: llama
                    options: {}
                """)))
                .containsExactly(
                        "text:2:5: workers[0].options.weights: missing, expected a path " + "(Folder of the weights)",
                        "text:4:14: workers[1].options.weights: missing, expected a path " + "(Folder of the weights)");
    }

    @Test
    void aMistakeCarriesItsPlaceAndTheNearestKey() {
        assertThatThrownBy(() -> load(yaml("frontend: {prot: 1}")))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refused -> assertThat(refused.problems())
                                .containsExactly(new ConfigProblem(
                                        new Origin.File("text", 1, 12),
                                        "frontend.prot",
                                        "unknown key",
                                        "one of host, port, metrics_path, api_key, registry",
                                        Optional.of("port"))))
                .hasMessageStartingWith("The configuration has a mistake:\n  text:1:12: ");
    }

    @Test
    void aRuleOfARecordPointsAtTheKeyItNames() {
        assertThat(mistakes(yaml("workers: [{engine: echo, options: {rate: 1, max_tokens: 3}}]")))
                .containsExactly("text:1:57: workers[0].options.max_tokens: max_tokens 3, expected an even number");
    }

    record Range(int low, int high) {
        Range {
            if (low > high) {
                throw new IllegalArgumentException("from %d to %d is no range".formatted(low, high));
            }
        }
    }

    record RangePart(Range range) {}

    @Test
    void aRuleOverSeveralKeysPointsAtTheSection() {
        assertThat(mistakes(yaml("range:\n  low: 2\n  high: 1\n"), List.of(RangePart.class)))
                .containsExactly("text:2:3: range: from 2 to 1 is no range");
    }

    record Needed(@Setting("Name of it") String name) {}

    @Test
    void whatIsMissingFromAnEmptyFileIsNamed() {
        assertThat(mistakes(yaml(""), List.of(Needed.class)))
                .containsExactly("text: name: missing, expected text (Name of it)");
        assertThat(mistakes(ConfigSource.empty(folder), List.of(Needed.class)))
                .containsExactly("name: missing, expected text (Name of it)");
        assertThat(mistakes(yaml("name:"), List.of(Needed.class)))
                .containsExactly("text:1:6: name: no value, expected text (\"\" for empty text)");
    }

    @Test
    void theFileIsNamedAsTheUserNamedIt() throws Exception {
        var file = folder.resolve("nacelle.yaml");
        Files.writeString(file, "a: 1\n");
        assertThat(mistakes(ConfigSource.empty(folder).withFile(file)))
                .containsExactly(
                        file + ":1:1: a: unknown key, expected one of roles, shutdown_timeout, frontend, workers");
        assertThat(mistakes(ConfigSource.empty(folder).withFile(folder.resolve("none.yaml"))))
                .containsExactly(folder.resolve("none.yaml") + ": no such file, expected a YAML file");
        assertThat(mistakes(ConfigSource.empty(folder).withFile(folder)))
                .containsExactly(folder + ": cannot be read: it is a folder, expected a YAML file");
    }

    @Test
    void moreThanTwentyMistakesAreCountedAndNotPrinted() {
        var yaml = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            yaml.append("wrong").append(i).append(": 1\n");
        }
        assertThatThrownBy(() -> load(yaml(yaml.toString())))
                .hasMessageEndingWith("… and 30 more")
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refused -> assertThat(refused.problems()).hasSize(50));
    }

    @Test
    void longAndUnprintableValuesAreShortened() {
        assertThat(mistakes(yaml("frontend: {port: \"a\\e[31m\\n\"}")))
                .containsExactly(
                        "text:1:18: frontend.port: found \"a\\u001b[31m\\u000a\", expected a whole number from 0 to "
                                + "65535");
        assertThat(mistakes(yaml("frontend: {port: " + "x".repeat(1000) + "}")))
                .containsExactly("text:1:18: frontend.port: found \"" + "x".repeat(60)
                        + "…\", expected a whole number from 0 to 65535");
    }

    @Test
    void whoUsesAValueCanReportItWhereItStands() {
        var configuration = load(yaml("roles: [workers, fronted]"));
        assertThat(configuration.mistake("roles[1]", "", List.of("workers", "frontend")))
                .hasMessage("The configuration has a mistake:\n  text:1:18: roles[1]: found fronted, expected one of "
                        + "workers, frontend; did you mean frontend?");
        assertThat(configuration.mistake("frontend.port", "a free port", List.of()))
                .hasMessage("The configuration has a mistake:\n  frontend.port: found 8000, expected a free port");
    }

    @Test
    void noEngineInstalledSaysSo() {
        assertThatThrownBy(() -> ConfigLoader.load(
                        yaml("workers: [{engine: echo}]"), SampleParts.PARTS, _ -> Optional.of(Map.of())))
                .hasMessageContaining("workers[0].engine: found \"echo\", expected one that is installed, and none is");
    }
}
