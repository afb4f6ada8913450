package dev.nacelle.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.engine.JarMaker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private int execute(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
