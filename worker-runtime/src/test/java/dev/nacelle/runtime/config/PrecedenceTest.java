package dev.nacelle.runtime.config;

import static dev.nacelle.runtime.config.SampleParts.BASE;
import static dev.nacelle.runtime.config.SampleParts.frontend;
import static dev.nacelle.runtime.config.SampleParts.load;
import static dev.nacelle.runtime.config.SampleParts.mistakes;
import static dev.nacelle.runtime.config.SampleParts.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.config.SampleParts.EchoOptions;
import dev.nacelle.runtime.config.SampleParts.HostPart;
import dev.nacelle.runtime.config.SampleParts.WorkersPart;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrecedenceTest {
    private static EchoOptions firstOptions(ConfigSource source) {
        var configuration = load(source);
        var worker = configuration.part(WorkersPart.class).workers().getFirst();
        return configuration.bind(worker.options(), EchoOptions.class);
    }

    @Test
    void defaultsHoldWhereNothingIsSet() {
        assertThat(frontend(ConfigSource.empty(BASE)).port()).isEqualTo(8000);
        assertThat(load(ConfigSource.empty(BASE)).part(HostPart.class).roles()).containsExactly("workers", "frontend");
    }

    @Test
    void setWinsOverEnvironmentOverFileOverDefault() {
        var file = yaml("frontend: {port: 1}");
        var environment = file.withEnvironment(Map.of("NACELLE_FRONTEND__PORT", "2"));
        assertThat(frontend(file).port()).isEqualTo(1);
        assertThat(frontend(environment).port()).isEqualTo(2);
        assertThat(frontend(environment.withSet("frontend.port=3")).port()).isEqualTo(3);
        assertThat(frontend(environment.withSet("frontend.port=3").withSet("frontend.port = 4"))
                        .port())
                .isEqualTo(4);
    }

    @Test
    void aWholeSectionReplacesAndALaterKeyGoesIntoIt() {
        var source = yaml("frontend: {host: a, port: 1}");
        assertThat(frontend(source.withSet("frontend={host: b}")).port()).isEqualTo(8000);
        assertThat(frontend(source.withSet("frontend={host: b}").withSet("frontend.port=5"))
                        .port())
                .isEqualTo(5);
        assertThat(frontend(source.withSet("frontend.port=5").withSet("frontend={host: b}"))
                        .port())
                .isEqualTo(8000);
    }

    @Test
    void optionsOfAnEngineAreReached() {
        var source = yaml("""
                workers:
                  - engine: echo
                    options: {rate: 1, max_tokens: 10}
                """);
        var environment = source.withEnvironment(
                Map.of("NACELLE_WORKERS__0__OPTIONS__RATE", "2", "NACELLE_WORKERS__0__OPTIONS__MAX_TOKENS", "20"));
        assertThat(firstOptions(source)).isEqualTo(new EchoOptions(1, 10, "none"));
        assertThat(firstOptions(environment)).isEqualTo(new EchoOptions(2, 20, "none"));
        assertThat(firstOptions(environment.withSet("workers[0].options.rate=5")))
                .isEqualTo(new EchoOptions(5, 20, "none"));
        assertThat(firstOptions(environment.withSet("workers[0].options={rate: 6}")))
                .isEqualTo(new EchoOptions(6, 100, "none"));
    }

    @Test
    void environmentAndSetMakeItemsThatTheFileDoesNotHave() {
        var configuration = load(yaml("workers: [{engine: echo}]")
                .withEnvironment(Map.of("NACELLE_WORKERS__1__ENGINE", "echo", "NACELLE_WORKERS__1__MODEL__NAME", "m"))
                .withSet("workers[2]={engine: echo, labels: {a: b}}")
                .withSet("workers[2].labels[\"x.y\"]=z"));
        var workers = configuration.part(WorkersPart.class).workers();
        assertThat(workers).hasSize(3);
        assertThat(workers.get(1).model().name()).contains("m");
        assertThat(workers.get(2).labels()).isEqualTo(Map.of("a", "b", "x.y", "z"));
    }

    @Test
    void manyItemsOfTheEnvironmentComeInTheirOrder() {
        record Names(List<Object> names) {}
        var environment = new HashMap<String, String>();
        for (int i = 0; i < 12; i++) {
            environment.put("NACELLE_NAMES__" + i + "__NUMBER", "" + i);
        }
        var names = ConfigLoader.load(yaml("").withEnvironment(environment), List.of(Names.class))
                .part(Names.class)
                .names();
        assertThat(names).hasSize(12).last().isEqualTo(Map.of("number", 11L));
    }

    @Test
    void itemsOfADefaultAreReached() {
        var source = yaml("").withEnvironment(Map.of("NACELLE_ROLES__1", "other"));
        assertThat(load(source).part(HostPart.class).roles()).containsExactly("workers", "other");
    }

    @Test
    void valuesOfTheEnvironmentAreTakenToTheLetter() {
        assertThat(frontend(yaml("").withEnvironment(Map.of("NACELLE_FRONTEND__HOST", " a: #b, *c ")))
                        .host())
                .isEqualTo("a: #b, *c");
        assertThat(frontend(yaml("").withEnvironment(Map.of("NACELLE_FRONTEND__METRICS_PATH", "")))
                        .metricsPath())
                .isEmpty();
        assertThat(frontend(yaml("").withSet("frontend.host=\"[::1]\"")).host()).isEqualTo("[::1]");
        assertThat(frontend(yaml("frontend: {api_key: a}").withSet("frontend.api_key=null"))
                        .apiKey())
                .isEmpty();
    }

    @Test
    void pathsAreRelativeToTheFilesFolderWhereverTheyAreWritten() {
        var configuration = load(yaml("workers: [{engine: echo, model: {path: m}}, {engine: echo}]")
                .withSet("workers[1].model.path=n"));
        assertThat(configuration.part(WorkersPart.class).workers())
                .extracting(worker -> worker.model().path().orElseThrow())
                .containsExactly(BASE.resolve("m"), BASE.resolve("n"));
    }

    @Test
    void variablesOfTheLauncherAndOfKubernetesServicesAreNoSettings() {
        var environment = Map.of(
                "NACELLE_HOME", "/opt",
                "NACELLE_JAVA_OPTS", "-Xmx1g",
                "NACELLE_SERVICE_HOST", "10.0.0.1",
                "NACELLE_SERVICE_PORT", "80",
                "NACELLE_FRONTEND_SERVICE_PORT_HTTP", "80",
                "NACELLE_PORT", "tcp://10.0.0.1:80",
                "NACELLE_PORT_80_TCP_ADDR", "10.0.0.1",
                "OTHER_FRONTEND__PORT", "x");
        assertThat(frontend(yaml("").withEnvironment(environment)).port()).isEqualTo(8000);
    }

    @Test
    void variablesAndExpressionsThatFitNoKeyAreMistakes() {
        var environment = Map.of(
                "NACELLE_FRONTEND__PROT", "1",
                "NACELLE_SHUTDOWN", "1",
                "NACELLE_FRONTEND_PORT", "1",
                "NACELLE_FRONTEND__", "1",
                "NACELLE_FRONTEND__HOST__X", "1",
                "NACELLE_ROLES__FIRST", "1",
                "NACELLE_FRONTEND__PORT", "[1");
        assertThat(mistakes(yaml("").withEnvironment(environment)))
                .containsExactlyInAnyOrder(
                        "environment NACELLE_FRONTEND__PROT: frontend.prot: unknown key, expected one of host, port, "
                                + "metrics_path, api_key, registry; did you mean NACELLE_FRONTEND__PORT?",
                        "environment NACELLE_SHUTDOWN: shutdown: unknown key, expected one of roles, shutdown_timeout, "
                                + "frontend, workers",
                        "environment NACELLE_FRONTEND_PORT: frontend_port: unknown key, expected one of roles, "
                                + "shutdown_timeout, frontend, workers; did you mean NACELLE_FRONTEND__PORT?",
                        "environment NACELLE_FRONTEND__: an empty key in the name, expected keys separated by two "
                                + "underscores, as in NACELLE_FRONTEND__PORT",
                        "environment NACELLE_FRONTEND__HOST__X: frontend.host.x: unknown key, expected text for "
                                + "frontend.host",
                        "environment NACELLE_ROLES__FIRST: roles.first: unknown key, expected an index, as in roles[0]",
                        "environment NACELLE_FRONTEND__PORT: no readable YAML: expected ',' or ']', but got <stream end>");
        assertThat(mistakes(yaml("workers: [{engine: echo}]")
                        .withSet("frontend.port")
                        .withSet("=1")
                        .withSet("workers[2].engine=echo")
                        .withSet("frontend[0]=1")
                        .withSet("workers[0].options.rte=1")))
                .containsExactly(
                        "--set frontend.port: no \"=\", expected path=value, as in workers[0].options.rate=5",
                        "--set : no path of keys, expected path=value, as in workers[0].options.rate=5",
                        "--set frontend[0]: frontend[0]: an index, expected one of host, port, metrics_path, api_key, "
                                + "registry",
                        "--set workers[2].engine: workers[2]: no such item, expected an index from 0 to 1",
                        "--set workers[0].options.rte: workers[0].options.rte: unknown key, expected one of rate, "
                                + "max_tokens, password; did you mean rate?");
    }
}
