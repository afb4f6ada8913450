package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.engine.EngineCatalog;
import dev.nacelle.runtime.engine.JarMaker;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.system.FileBoard;
import dev.nacelle.runtime.system.SystemConfig;
import dev.nacelle.runtime.system.SystemServer;
import dev.nacelle.spi.request.FinishReason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine from outside the distribution, all the way: found, isolated, started, served, controlled, cleaned up. */
class EngineFromJarTest {
    @TempDir
    private Path folder;

    @Test
    void servesWithItsOwnVersionOfAHostsLibraryAndItsOwnClassLoaderOnEveryThread() throws Exception {
        try (var catalog = EngineCatalog.load(List.of(jar()));
                var host = new TestHost()) {
            host.engines = catalog;
            host.start(TestHost.workers("{engine: rocket, options: {thrust: 7}}"));
            var reader = new Reader();
            host.instance().dispatch(TestHost.request(), RequestHead.of("1"), reader);
            assertThat(reader.reason()).isEqualTo(FinishReason.STOP);
            assertThat(reader.tokens)
                    .as("the option, the library's version, the loader in start and generate")
                    .containsExactly(7, 1, 1, 1);
            assertThat(control(host)).contains("\"own_loader\":true");
            assertThat(host.drain()).isTrue();
        }
    }

    private static String control(TestHost host) throws Exception {
        try (var server = new SystemServer(
                        new SystemConfig("127.0.0.1", 0, true), host.pages, host.actions, new FileBoard());
                var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(server.address() + "/engine/control/ignite"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private Path jar() throws Exception {
        return new JarMaker(folder)
                .source(
                        "com.fasterxml.jackson.core.Version",
                        "package com.fasterxml.jackson.core; public class Version { public static int number() { return 1; } }")
                .source("rocket.Rocket", """
                        package rocket;
                        import dev.nacelle.spi.*;
                        import dev.nacelle.spi.request.*;
                        import java.util.Map;
                        public class Rocket implements LLMEngine {
                            private final int thrust;
                            private int started;
                            Rocket(int thrust) { this.thrust = thrust; }
                            public EngineConfig start(StartContext context) {
                                started = own();
                                return EngineConfig.of("rocket");
                            }
                            public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
                                sink.token(thrust);
                                sink.token(com.fasterxml.jackson.core.Version.number());
                                sink.token(started);
                                sink.token(own());
                                sink.finish(FinishReason.STOP);
                            }
                            public Map<String, EngineAction> controls() {
                                return Map.of("ignite", body -> Map.of("own_loader", own() == 1));
                            }
                            public void cleanup() {}
                            private int own() {
                                return Thread.currentThread().getContextClassLoader() == getClass().getClassLoader() ? 1 : 0;
                            }
                        }
                        """)
                .source("rocket.Provider", """
                        package rocket;
                        import dev.nacelle.spi.*;
                        import dev.nacelle.spi.config.Setting;
                        public class Provider implements EngineProvider<Provider.Options> {
                            public record Options(@Setting("Newtons") int thrust) {}
                            public String name() { return "rocket"; }
                            public String description() { return "flies"; }
                            public Class<Options> optionsType() { return Options.class; }
                            public LLMEngine create(Options options) { return new Rocket(options.thrust()); }
                        }
                        """)
                .provider("rocket.Provider")
                .write("rocket.jar");
    }
}
