package dev.nacelle.runtime.config;

import static dev.nacelle.runtime.config.SampleParts.ENGINES;
import static dev.nacelle.runtime.config.SampleParts.PARTS;
import static dev.nacelle.runtime.config.SampleParts.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.runtime.config.SampleParts.EchoOptions;
import dev.nacelle.runtime.config.SampleParts.HostPart;
import dev.nacelle.runtime.config.SampleParts.LlamaOptions;
import dev.nacelle.runtime.config.SampleParts.WorkersPart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SectionBindingTest {
    private static final String YAML = """
            workers:
              - engine: echo
                options: {rate: 1, password: hunter2}
            """;

    private static RawSection first(Configuration configuration) {
        return configuration.part(WorkersPart.class).workers().getFirst().options();
    }

    @Test
    void aSectionBoundLaterIsPrintedFromThenOn() {
        var configuration = ConfigLoader.load(yaml(YAML).withSet("workers[0].options.max_tokens=4"), PARTS);
        var section = first(configuration);
        assertThat(section.path()).isEqualTo("workers[0].options");
        assertThat(section.origin()).hasToString("text:3:14");
        assertThat(section.values()).isEqualTo(Map.of("rate", 1L, "password", "hunter2", "max_tokens", 4L));
        assertThat(configuration.render()).doesNotContain("hunter2").doesNotContain("rate: 1");

        var options = configuration.bind(section, EchoOptions.class);
        assertThat(options).isEqualTo(new EchoOptions(1, 4, "hunter2"));
        assertThat(configuration.bind(section, EchoOptions.class)).isSameAs(options);
        assertThat(configuration.render()).doesNotContain("hunter2").contains("rate: 1 ");
        assertThat(configuration.effective())
                .contains(
                        new EffectiveSetting("workers[0].options.rate", "1", new Origin.File("text", 3, 21)),
                        new EffectiveSetting("workers[0].options.password", "\"***\"", new Origin.File("text", 3, 34)),
                        new EffectiveSetting(
                                "workers[0].options.max_tokens",
                                "4",
                                new Origin.SetOption("workers[0].options.max_tokens")));
    }

    @Test
    void mistakesInASectionBoundLaterAreLocated() {
        var configuration = ConfigLoader.load(yaml(YAML), PARTS);
        assertThatThrownBy(() -> configuration.bind(first(configuration), LlamaOptions.class))
                .hasMessage("""
                        The configuration has 3 mistakes:
                          text:3:14: workers[0].options.weights: missing, expected a path \
                        (Folder of the weights)
                          text:3:15: workers[0].options.rate: unknown key, expected one of weights
                          text:3:24: workers[0].options.password: unknown key, expected one of weights""");
    }

    @Test
    void typesMayDependOnAPartOfTheSameFile() {
        var seen = new ArrayList<Object>();
        ConfigLoader.load(yaml(YAML + "roles: [workers]"), PARTS, parts -> {
            seen.add(parts.part(HostPart.class).orElseThrow().roles());
            return Optional.of(ENGINES);
        });
        assertThat(seen).containsExactly(List.of("workers"));
    }

    @Test
    void sectionsStayRawWhenTheirTypesCannotBeKnown() {
        assertThatThrownBy(() -> ConfigLoader.load(yaml(YAML + "roles: 3"), PARTS, parts -> {
                    assertThat(parts.part(HostPart.class)).isEmpty();
                    return Optional.empty();
                }))
                .hasMessage("The configuration has a mistake:\n  text:4:8: roles: found \"3\", expected a list");
    }

    @Test
    void aSectionThatIsNoSectionIsRefused() {
        var configuration = ConfigLoader.load(yaml("workers: [{engine: echo, options: 3}]"), PARTS);
        assertThatThrownBy(() -> first(configuration).values())
                .hasMessageContaining("text:1:35: workers[0].options: found \"3\", expected a section with keys");
        assertThatThrownBy(() -> configuration.bind(first(configuration), EchoOptions.class))
                .hasMessageContaining(
                        "text:1:35: workers[0].options: found \"3\", expected a section with keys of rate");
    }

    @Test
    void anEmptySectionTakesTheDefaults() {
        var configuration = ConfigLoader.load(ConfigSource.empty(Path.of("")), PARTS);
        assertThat(configuration.bind(RawSection.empty(), EchoOptions.class))
                .isEqualTo(new EchoOptions(0, 100, "none"));
        assertThatThrownBy(() -> configuration.part(EchoOptions.class)).hasMessageContaining("is no part");
    }
}
