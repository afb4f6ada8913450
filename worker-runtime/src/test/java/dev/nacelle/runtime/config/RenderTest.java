package dev.nacelle.runtime.config;

import static dev.nacelle.runtime.config.SampleParts.PARTS;
import static dev.nacelle.runtime.config.SampleParts.load;
import static dev.nacelle.runtime.config.SampleParts.mistakes;
import static dev.nacelle.runtime.config.SampleParts.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.config.SampleParts.EchoOptions;
import dev.nacelle.runtime.config.SampleParts.WorkersPart;
import dev.nacelle.spi.config.Setting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenderTest {
    @Test
    void everyValueIsPrintedWithItsOrigin() {
        var source =
                yaml("""
                        shutdown_timeout: 120s
                        frontend: {port: 1, api_key: topsecret, registry: "nats://me:pw@host:4222"}
                        workers:
                          - engine: echo
                            model: {name: "a: b"}
                            labels: {"1": "yes"}
                        """).withEnvironment(Map.of("NACELLE_FRONTEND__PORT", "2")).withSet("workers[0].options.rate=2.5");
        assertThat(load(source).render()).isEqualTo("""
                roles:
                  - workers                                 # default
                  - frontend                                # default
                shutdown_timeout: 2m                        # text:1:19
                frontend:
                  host: "127.0.0.1"                         # default
                  port: 2                                   # environment NACELLE_FRONTEND__PORT
                  metrics_path: /metrics                    # default
                  api_key: "***"                            # text:2:30
                  registry: "nats://me:***@host:4222"       # text:2:51
                workers:
                  - engine: echo                            # text:4:13
                    options:
                      rate: 2.5                             # --set workers[0].options.rate
                      max_tokens: 100                       # default
                      password: "***"                       # default
                    model:
                      path: null                            # default
                      name: "a: b"                          # text:5:19
                    disaggregation: aggregated              # default
                    labels:
                      "1": "yes"                            # text:6:19
                """);
    }

    @Test
    void whatIsPrintedReadsBackAsTheSame() {
        var first = load(yaml("""
                roles: []
                shutdown_timeout: 1500ms
                frontend: {host: "x\\ty\\"\\u2028\\0\\U0001F600 #", metrics_path: ""}
                workers:
                  - {engine: echo, model: {path: m}, disaggregation: prefill-only, labels: {"a.b": "null", "": "0x1"}}
                  - engine: echo
                """));
        var second = load(yaml(first.render()));
        assertThat(second.render().replaceAll(" +#.*", ""))
                .isEqualTo(first.render().replaceAll(" +#.*", ""));
        assertThat(second.part(SampleParts.HostPart.class)).isEqualTo(first.part(SampleParts.HostPart.class));
        assertThat(second.part(SampleParts.FrontendPart.class)).isEqualTo(first.part(SampleParts.FrontendPart.class));
        var a = first.part(WorkersPart.class).workers().getFirst();
        var b = second.part(WorkersPart.class).workers().getFirst();
        assertThat(b.labels()).isEqualTo(a.labels());
        assertThat(b.model()).isEqualTo(a.model());
        assertThat(second.bind(b.options(), EchoOptions.class).rate()).isZero();
    }

    record Free(Object any, List<List<Integer>> grid) {}

    @Test
    void freeFormValuesAndNestedListsReadBackAsTheSame() {
        var text = """
                any: {a: [1, [2, {x: y, z: [3]}], []], b: {}, c: "1", d: null, e: 1e3, f: "true", g: , h: .5}
                grid: [[1, 2], [], [3]]
                """;
        var first = ConfigLoader.load(yaml(text), List.of(Free.class));
        var second = ConfigLoader.load(yaml(first.render()), List.of(Free.class));
        assertThat(second.part(Free.class)).isEqualTo(first.part(Free.class));
    }

    record Secrets(
            @Setting(value = "", secret = true) int pin,
            @Setting(value = "", secret = true) List<String> keys,
            @Setting(value = "", secret = true) Object free,
            @Setting(value = "", secret = true) Map<String, Inner> nested) {
        Secrets {
            if (pin == 1234) {
                throw new IllegalArgumentException("pin %d is well known".formatted(pin));
            }
        }
    }

    record Inner(String name) {}

    @Test
    void secretsAreNeverPrinted() {
        var text = "{pin: 4321, keys: [hidden1], free: {a: [hidden2]}, nested: {a: {name: hidden3}}}";
        var configuration = ConfigLoader.load(yaml(text), List.of(Secrets.class));
        assertThat(configuration.part(Secrets.class).keys()).containsExactly("hidden1");
        assertThat(configuration.render()).doesNotContain("hidden").doesNotContain("4321");
        assertThat(configuration.effective().toString())
                .doesNotContain("hidden")
                .doesNotContain("4321");
    }

    @Test
    void secretsAreNotInMessagesEither() {
        var wrong = "{pin: hidden, keys: hidden, free: {}, nested: {a: hidden}}";
        assertThat(mistakes(yaml(wrong).withSet("pin=hidden5"), List.of(Secrets.class)))
                .containsExactly(
                        "text:1:21: keys: found a single value, expected a list",
                        "text:1:51: nested.a: found a single value, expected a section with keys of name",
                        "--set pin: pin: found a single value, expected a whole number");
        assertThat(mistakes(yaml("{pin: 1234, keys: [], free: {}, nested: {}}"), List.of(Secrets.class)))
                .containsExactly("text:1:7: pin: pin *** is well known");
    }

    @Test
    void theSettingsAreListedWithTheirPaths() {
        assertThat(load(yaml("workers: [{engine: echo}]")).effective())
                .extracting(EffectiveSetting::path)
                .startsWith("roles[0]", "roles[1]", "shutdown_timeout", "frontend.host")
                .contains("workers[0].options.max_tokens", "workers[0].labels");
        assertThat(ConfigLoader.load(yaml(""), PARTS).effective())
                .contains(new EffectiveSetting("workers", "[]", new Origin.Default()));
    }
}
