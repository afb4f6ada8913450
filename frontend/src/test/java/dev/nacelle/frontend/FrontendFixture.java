package dev.nacelle.frontend;

import dev.nacelle.runtime.config.ConfigLoader;
import dev.nacelle.runtime.config.ConfigSource;
import dev.nacelle.runtime.kv.LocalRankFeed;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.plane.LocalPlane;
import dev.nacelle.runtime.role.HostServices;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.runtime.role.StopRequest;
import dev.nacelle.runtime.system.ActionBoard;
import dev.nacelle.runtime.system.HealthBoard;
import dev.nacelle.runtime.system.SystemPages;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.Registration;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/** A frontend on a port of its own, a plane without workers, and clients. */
final class FrontendFixture implements AutoCloseable {
    private final LocalPlane plane = new LocalPlane();
    private final LocalRankFeed ranks = new LocalRankFeed();
    private final HealthBoard health = new HealthBoard();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final StopRequest stop = new StopRequest();
    private final RuntimeMetrics metrics = RuntimeMetrics.open(registry, new MetricsConfig(false));
    private final Frontend frontend;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** @param settings as after {@code --set}, below {@code frontend} */
    FrontendFixture(String... settings) throws StartException, InterruptedException {
        var source = ConfigSource.empty(Path.of("")).withSet("frontend.port=0");
        for (var setting : settings) source = source.withSet("frontend." + setting);
        var configuration = ConfigLoader.load(source, List.of(FrontendPart.class));
        var services = new HostServices(
                "test",
                configuration,
                name -> {
                    throw new StartException("there is no engine " + name);
                },
                plane,
                ranks,
                metrics,
                (_, _, _, _) -> () -> {},
                health,
                new SystemPages(health, () -> new PrometheusMetricsServlet(registry)),
                new ActionBoard(),
                (_, _, _) -> {},
                stop);
        frontend = (Frontend) new FrontendRole().start(configuration.part(FrontendPart.class), services);
    }

    /** The frontend, a while later: models that joined since then can be asked. */
    FrontendFixture whenReady() {
        while (!health.isReady()) Thread.onSpinWait();
        return this;
    }

    Frontend frontend() {
        return frontend;
    }

    HealthBoard health() {
        return health;
    }

    StopRequest stop() {
        return stop;
    }

    int port() {
        return frontend.port();
    }

    LocalPlane plane() {
        return plane;
    }

    /** An engine that serves {@code model} with a context of 1000 tokens. */
    DrivenEngine engine() {
        return engine(EngineConfig.of("model", Registration.ofContext(1000)));
    }

    DrivenEngine engine(EngineConfig config) {
        return new DrivenEngine(plane, config);
    }

    DrivenEngine engine(EngineConfig config, Disaggregation part) {
        return new DrivenEngine(plane, config, part);
    }

    /** Where news of the engines' ranks come in. */
    LocalRankFeed ranks() {
        return ranks;
    }

    RawClient raw() throws IOException {
        return new RawClient(port());
    }

    HttpClient client() {
        return client;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    HttpRequest post(String path, String json) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).build());
    }

    HttpResponse<String> chat(String content, String more) throws IOException, InterruptedException {
        return send(post("/v1/chat/completions", chatBody(content, more)));
    }

    static String chatBody(String content, String more) {
        return "{\"model\":\"model\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}".formatted(content, more);
    }

    static String completionBody(String prompt, String more) {
        return "{\"model\":\"model\",\"prompt\":\"%s\"%s}".formatted(prompt, more);
    }

    /** The sample of the scrape page that begins with {@code series}; -1 when there is none. */
    double metric(String series) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(-1);
    }

    /** Waits until the sample has that value. */
    void awaitMetric(String series, double value) throws IOException, InterruptedException {
        while (metric(series) != value) Thread.onSpinWait();
    }

    @Override
    public void close() {
        frontend.close();
        plane.close();
        metrics.close();
        client.close();
    }
}
