package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.config.ConfigLoader;
import dev.nacelle.runtime.config.ConfigSource;
import dev.nacelle.runtime.config.Configuration;
import dev.nacelle.runtime.kv.LocalRankFeed;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.runtime.plane.LocalPlane;
import dev.nacelle.runtime.plane.Plane;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.runtime.role.EngineSource;
import dev.nacelle.runtime.role.HostServices;
import dev.nacelle.runtime.role.RunningRole;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.runtime.role.StopRequest;
import dev.nacelle.runtime.system.ActionBoard;
import dev.nacelle.runtime.system.ComponentHealth;
import dev.nacelle.runtime.system.HealthBoard;
import dev.nacelle.runtime.system.SystemPages;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.config.Setting;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.http.HttpServlet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A host around the workers role, as the composition root builds it, with the test's engines. */
final class TestHost implements AutoCloseable {
    final Plane plane;
    final HealthBoard health = new HealthBoard();
    final ActionBoard actions = new ActionBoard();
    final StopRequest stop = new StopRequest();
    final List<String> progress = new CopyOnWriteArrayList<>();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final RuntimeMetrics metrics = RuntimeMetrics.open(registry, new MetricsConfig(false));
    private final Map<String, EngineProvider<?>> providers = new LinkedHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final List<RunningRole> roles = new CopyOnWriteArrayList<>();
    /** Health pages are no matter of these tests. */
    final SystemPages pages = new SystemPages(health, ServletOfNothing::new);
    /** Where engines come from; the scripted ones, unless a test puts something else here. */
    EngineSource engines = name -> {
        var provider = providers.get(name);
        if (provider == null) throw new StartException("engine '" + name + "' is not installed");
        return provider;
    };

    /** No options. */
    record Options(
            @Setting(value = "A number", byDefault = "0") int number) {}

    TestHost() {
        this(new LocalPlane());
    }

    TestHost(Plane plane) {
        this.plane = plane;
    }

    /** A worker of that engine alone, at dynamo/backend/generate. */
    static TestHost serving(LLMEngine engine) throws Exception {
        return serving(engine, "");
    }

    /** @param settings further keys of the worker, as YAML in one line */
    static TestHost serving(LLMEngine engine, String settings) throws Exception {
        var host = new TestHost().with("scripted", engine);
        host.start(workers("{engine: scripted, " + settings + "}"));
        return host;
    }

    static String workers(String... workers) {
        return "workers: [" + String.join(", ", workers) + "]";
    }

    TestHost with(String name, LLMEngine engine) {
        return making(name, () -> engine);
    }

    /** Each worker gets what {@code maker} makes. */
    TestHost making(String name, Supplier<LLMEngine> maker) {
        providers.put(name, new Provider(name, maker));
        return this;
    }

    RunningRole start(String yaml) throws StartException, InterruptedException {
        var configuration = load(yaml);
        return own(new WorkersRole().start(configuration.part(WorkersPart.class), services(configuration)));
    }

    /** A worker whose engine may take only so long for a cancellation. */
    RunningRole startWorker(String worker, Duration cancelLimit) throws StartException, InterruptedException {
        var configuration = load(workers(worker));
        var part = configuration.part(WorkersPart.class);
        return own(new WorkersRole(cancelLimit).start(part, services(configuration)));
    }

    private static Configuration load(String yaml) {
        return ConfigLoader.load(
                ConfigSource.empty(Path.of("")).withText(yaml, Path.of("")), List.of(WorkersPart.class));
    }

    private RunningRole own(RunningRole role) {
        roles.add(role);
        return role;
    }

    private HostServices services(Configuration configuration) {
        return new HostServices(
                "dynamo",
                configuration,
                engines,
                plane,
                new LocalRankFeed(),
                metrics,
                (_, _, _, _) -> () -> {},
                health,
                pages,
                actions,
                (_, fraction, message) -> progress.add("%s %s".formatted(fraction, message)),
                stop);
    }

    /** The only instance. */
    Instance instance() {
        var instances = plane.directory().instances();
        if (instances.size() != 1) throw new AssertionError(instances.size() + " instances, expected one");
        return instances.getFirst();
    }

    /** Sends a request of three tokens, whatever the reader makes of the answer. */
    Sent send() throws Exception {
        return send(new Reader());
    }

    Sent send(Reader reader) throws Exception {
        var head = RequestHead.of("r" + requests.incrementAndGet());
        return new Sent(instance().dispatch(request(), head, reader), reader);
    }

    static GenerateRequest request() {
        return GenerateRequest.of("scripted", new Prompt.Tokens(7, 8, 9), 100);
    }

    /** The only part on the board. */
    ComponentHealth worker() {
        var parts = health.parts();
        if (parts.size() != 1) throw new AssertionError(parts + ", expected one");
        return parts.getFirst();
    }

    boolean drain() {
        return drain(Duration.ofSeconds(60));
    }

    boolean drain(Duration budget) {
        return roles.getFirst().drain(Deadline.in(budget));
    }

    List<RunningRole> roles() {
        return roles;
    }

    List<String> served() {
        return roles.stream().flatMap(role -> role.served().stream()).toList();
    }

    /** The value of the one sample whose line begins with {@code name} and contains all of {@code labels}. */
    double metric(String name, String... labels) {
        var found = scrape().lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .toList();
        if (found.size() != 1) throw new AssertionError("%s %s: %s".formatted(name, List.of(labels), found));
        return Double.parseDouble(found.getFirst().substring(found.getFirst().lastIndexOf(' ') + 1));
    }

    String scrape() {
        var out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        roles.forEach(RunningRole::close);
        plane.close();
        metrics.close();
    }

    /** A request and who reads its answer. */
    record Sent(InFlight call, Reader reader) {}

    private record Provider(String name, Supplier<LLMEngine> maker) implements EngineProvider<Options> {
        @Override
        public String description() {
            return "for tests";
        }

        @Override
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public LLMEngine create(Options options) {
            if (options.number < 0)
                throw new IllegalArgumentException("number %d, expected 0 or more".formatted(options.number));
            return maker.get();
        }
    }

    private static final class ServletOfNothing extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }
}
