package dev.nacelle.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.config.Setting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigLoaderTest {
    record HostPart(
            @Setting(value = "what the process does", byDefault = "[workers, frontend]")
            List<String> roles) {}

    record Frontend(
            @Setting(value = "the address to listen on", byDefault = "127.0.0.1")
            String host,

            @Setting(value = "the port to listen on", byDefault = "8000", min = 0, max = 65535)
            int port) {}

    record FrontendPart(Frontend frontend) {}

    record Worker(
            @Setting("name of the engine") String engine,
            @SelectedBy("engine") RawSection options) {}

    record WorkersPart(
            @Setting(value = "the workers", byDefault = "[]")
            List<Worker> workers) {}

    record EchoOptions(
            @Setting(value = "steps a second", byDefault = "0", min = 0)
            double rate) {}

    private static final List<Class<? extends Record>> PARTS =
            List.of(HostPart.class, FrontendPart.class, WorkersPart.class);
    private static final SectionTypes ENGINES = _ -> Optional.of(Map.of("echo", EchoOptions.class));

    private static ConfigSource yaml(String text) {
        return ConfigSource.empty(Path.of("/base")).withText(text, Path.of("/base"));
    }

    @Test
    void defaultsHoldWhereNothingIsSet() {
        var configuration = ConfigLoader.load(ConfigSource.empty(Path.of("")), PARTS);
        assertThat(configuration.part(HostPart.class).roles()).containsExactly("workers", "frontend");
        assertThat(configuration.part(FrontendPart.class).frontend()).isEqualTo(new Frontend("127.0.0.1", 8000));
    }

    @Test
    void setWinsOverEnvironmentOverFile() {
        var configuration = ConfigLoader.load(
                yaml("""
                        frontend: {host: file, port: 1}
                        workers:
                          - engine: echo
                            options: {rate: 1}
                        """)
                        .withEnvironment(
                                Map.of("NACELLE_FRONTEND__PORT", "2", "NACELLE_WORKERS__0__OPTIONS__RATE", "2"))
                        .withSet("workers[0].options.rate=5"),
                PARTS,
                ENGINES);
        assertThat(configuration.part(FrontendPart.class).frontend()).isEqualTo(new Frontend("file", 2));
        var worker = configuration.part(WorkersPart.class).workers().getFirst();
        assertThat(configuration.bind(worker.options(), EchoOptions.class).rate())
                .isEqualTo(5);
    }

    @Test
    void mistakesComeTogether() {
        assertThatThrownBy(() -> ConfigLoader.load(
                        yaml("""
                        frontend: {hots: file, port: 100000}
                        port: 3
                        workers:
                          - engine: ehco
                          - engine: echo
                            options: {rte: 1}
                        """).withEnvironment(Map.of("NACELLE_FRONTEND_PORT", "2")), PARTS, ENGINES))
                .hasMessage("""
                The configuration has 6 mistakes:
                  text:1:12: frontend.hots: unknown key, expected one of host, port; did you mean host?
                  text:1:30: frontend.port: found "100000", expected a whole number from 0 to 65535
                  text:2:1: port: unknown key, expected one of roles, frontend, workers; did you mean frontend.port?
                  text:4:13: workers[0].engine: found "ehco", expected one of echo; did you mean echo?
                  text:6:15: workers[1].options.rte: unknown key, expected one of rate; did you mean rate?
                  environment NACELLE_FRONTEND_PORT: frontend_port: unknown key, expected one of roles, frontend, workers; \
                did you mean NACELLE_FRONTEND__PORT?""");
    }
}
