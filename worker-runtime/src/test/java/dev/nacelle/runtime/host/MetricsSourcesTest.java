package dev.nacelle.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nacelle.runtime.engine.JarMaker;
import dev.nacelle.runtime.role.StartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Foreign registries from the configuration alone, on the page and in {@code /health} of a whole process. */
class MetricsSourcesTest {
    private static String get(Host host, String path) throws Exception {
        String line = host.served().stream()
                .filter(text -> text.startsWith("metrics and health at "))
                .findFirst()
                .orElseThrow();
        URI uri = URI.create(line.substring("metrics and health at ".length()) + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    private static void engine(Path folder) throws IOException {
        new JarMaker(folder)
                .source("idle.Provider", """
                        package idle;
                        import dev.nacelle.spi.*;
                        import dev.nacelle.spi.request.*;
                        public class Provider implements EngineProvider<Provider.Options> {
                            public record Options() {}
                            public String name() { return "idle"; }
                            public String description() { return "does nothing"; }
                            public Class<Options> optionsType() { return Options.class; }
                            public LLMEngine create(Options options) {
                                return new LLMEngine() {
                                    public EngineConfig start(StartContext context) {
                                        return EngineConfig.of("idle");
                                    }
                                    public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
                                        sink.finish(FinishReason.STOP);
                                    }
                                    public void cleanup() {}
                                };
                            }
                        }
                        """)
                .provider("idle.Provider")
                .write("idle.jar");
    }

    @Test
    void aFileIsMergedAndHealthListsTheSourcesWithAgeSeriesAndLastError(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("job.prom"), """
                # TYPE job_runs_total counter
                job_runs_total{dynamo_namespace="its own"} 2
                job_runs_total{step="1"} 3
                # TYPE python_gc gauge
                python_gc 1
                """);
        engine(folder);
        HostConfig config = HostConfig.ofYaml("""
                namespace: here
                roles: [workers]
                engine_path: [idle.jar]
                workers: [{engine: idle}]
                system: {port: 0}
                metrics:
                  sources:
                    - {name: job, file: job.prom, exclude_prefixes: [python_], labels: {site: x}, inject_auto_labels: true}
                    - {name: lost, file: lost.prom}
                """, folder);
        try (Host host = Nacelle.start(config)) {
            assertThat(get(host, "/metrics")).contains("""
                    # TYPE job_runs_total counter
                    job_runs_total{dynamo_namespace="its own",site="x"} 2
                    job_runs_total{step="1",dynamo_namespace="here",site="x"} 3
                    """).doesNotContain("python_gc");
            JsonNode sources = new ObjectMapper().readTree(get(host, "/health")).get("metrics_sources");
            assertThat(sources).hasSize(2);
            assertThat(sources.at("/0/name").asText()).isEqualTo("job");
            assertThat(sources.at("/0/age_seconds").asDouble()).isBetween(0.0, 60.0);
            assertThat(sources.at("/0/series").asInt()).isEqualTo(2);
            assertThat(sources.at("/0/last_error").isMissingNode()).isTrue();
            assertThat(sources.at("/1/name").asText()).isEqualTo("lost");
            assertThat(sources.at("/1/series").asInt()).isZero();
            assertThat(sources.at("/1/age_seconds").isMissingNode()).isTrue();
            assertThat(sources.at("/1/last_error").asText()).contains("lost.prom is not a file");
        }
    }

    @Test
    void aHeaderThatCannotBeSentStopsTheStartWithoutBeingTold() {
        assertThatThrownBy(() -> Nacelle.start(HostConfig.ofYaml("""
                        roles: [workers]
                        system: {port: 0}
                        metrics:
                          sources: [{name: one, url: "http://127.0.0.1:1/", headers: {Authorization: "hush\\n"}}]
                        """, Path.of(""))))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("metrics.sources, 'one': header 'Authorization'")
                .satisfies(failure -> {
                    StringWriter trace = new StringWriter();
                    failure.printStackTrace(new PrintWriter(trace));
                    assertThat(trace.toString()).doesNotContain("hush");
                });
    }
}
