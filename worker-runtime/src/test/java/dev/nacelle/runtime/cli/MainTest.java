package dev.nacelle.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.nacelle.runtime.engine.JarMaker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void aMistakeInTheConfigurationIsOneMessageWithoutAStackTrace() throws IOException {
        var file = Files.writeString(folder.resolve("n.yaml"), "sytem: {port: 1}\n");
        assertThat(execute("config", file.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("n.yaml:1:1", "system").doesNotContain("\tat ");
    }

    @Test
    void debugShowsTheStackTrace() {
        assertThat(execute("config", "--debug", "nowhere.yaml")).isEqualTo(1);
        assertThat(err.toString()).contains("nowhere.yaml", "\tat ");
    }

    @Test
    void withoutAFileAndADistributionTheCommandAsksForOne() {
        assertThat(execute("config")).isEqualTo(1);
        assertThat(err.toString()).contains("no configuration file was given");
    }

    @Test
    void anUnknownRoleIsLocatedAndTheNearestNamed() throws IOException {
        var file = Files.writeString(folder.resolve("n.yaml"), "roles: [worker]\n");
        assertThat(execute("config", file.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("n.yaml:1:9", "workers");
    }

    @Test
    void anOverrideShowsItsOrigin() throws IOException {
        var file = Files.writeString(folder.resolve("n.yaml"), "roles: [workers]\n");
        assertThat(execute("config", "--set", "system.port=9", file.toString())).isZero();
        assertThat(out.toString()).contains("port: 9", "--set");
    }

    @Test
    void aCheckedEngineFindsItsOwnPartsThroughTheContextClassLoader() throws IOException {
        var jar = new JarMaker(folder)
                .source("rocket.Provider", """
                        package rocket;
                        import dev.nacelle.spi.*;
                        import dev.nacelle.spi.request.*;
                        public class Provider implements EngineProvider<Provider.Options> {
                            public record Options() {}
                            public String name() { return "rocket"; }
                            public String description() { return "flies"; }
                            public Class<Options> optionsType() { return Options.class; }
                            public LLMEngine create(Options options) {
                                look();
                                return new LLMEngine() {
                                    public EngineConfig start(StartContext context) {
                                        look();
                                        return EngineConfig.of("rocket");
                                    }
                                    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
                                        sink.finish(FinishReason.STOP);
                                    }
                                    public void cleanup() {}
                                };
                            }
                            private static void look() {
                                if (Thread.currentThread().getContextClassLoader() != Provider.class.getClassLoader())
                                    throw new IllegalStateException("the host's loader");
                            }
                        }
                        """)
                .provider("rocket.Provider")
                .write("rocket.jar");
        var file = Files.writeString(
                folder.resolve("n.yaml"),
                "roles: [workers]\nengine_path: [%s]\nworkers: [{engine: rocket}]\n".formatted(jar));
        assertThat(execute("check", "--only", "create", "--only", "start", file.toString()))
                .as("%s%s", out, err)
                .isZero();
    }

    @Test
    void aGoodExpositionIsListed() throws IOException {
        var file = Files.writeString(folder.resolve("good.prom"), "# HELP a How many.\n# TYPE a gauge\na 1\n");
        assertThat(execute("metrics", file.toString())).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "a  gauge                 1  How many.", "text 0.0.4: 1 families, 1 series, 0 complaints");
    }

    @Test
    void aBadExpositionIsComplainedOfLineByLineOverHttpToo() throws IOException {
        var text = "# TYPE a gauge\na 1\na 2\nb{x=\"1\" 1\n# TYPE a counter\n";
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        try {
            assertThat(execute(
                            "metrics",
                            "http://127.0.0.1:%d/metrics"
                                    .formatted(server.getAddress().getPort())))
                    .isEqualTo(1);
        } finally {
            server.stop(0);
        }
        assertThat(out.toString()).contains("\nline 3: ", "\nline 4: ", "\nline 5: ", ", 3 complaints");
    }

    @Test
    void anExpositionThatCannotBeReadIsNoDefect() {
        for (var place : List.of("nowhere.prom", "http://no host/metrics", "\0", folder.toString())) {
            err.getBuffer().setLength(0);
            assertThat(execute("metrics", place)).as(place).isEqualTo(1);
            assertThat(err.toString()).contains(place + " cannot be read").doesNotContain("defect");
        }
    }

    private int execute(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
