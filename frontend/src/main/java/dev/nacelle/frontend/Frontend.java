package dev.nacelle.frontend;

import dev.nacelle.frontend.admission.AdmissionControl;
import dev.nacelle.frontend.admission.AdmissionGate;
import dev.nacelle.frontend.admission.KeyRing;
import dev.nacelle.frontend.admission.Overload;
import dev.nacelle.frontend.metrics.HttpEndpoint;
import dev.nacelle.frontend.metrics.HttpMetricsConfig;
import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.PipelineMetrics;
import dev.nacelle.frontend.model.ModelCatalog;
import dev.nacelle.frontend.model.ServedModel;
import dev.nacelle.frontend.pipeline.Pipeline;
import dev.nacelle.frontend.router.RequestRouter;
import dev.nacelle.frontend.stream.FlushWindow;
import dev.nacelle.frontend.stream.PeerWatch;
import dev.nacelle.frontend.stream.WriterThread;
import dev.nacelle.frontend.text.PrefixStore;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.runtime.role.HostServices;
import dev.nacelle.runtime.role.RunningRole;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.runtime.system.ActionBoard;
import dev.nacelle.runtime.system.ComponentHealth;
import dev.nacelle.spi.error.EngineError;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The frontend at work: puts the rooms together and takes them apart. */
final class Frontend implements RunningRole {
    private static final Logger LOG = LoggerFactory.getLogger(Frontend.class);
    /** How often to look after waiting requests: a client that left is to be known within 2 s. */
    private static final Duration TICK = Duration.ofMillis(250);

    /** Longest wait for tokenizers before the port is announced; they go on loading after it. */
    private static final Duration LOADING_MAX = Duration.ofMinutes(1);

    /** What the last errors need to reach their callers. */
    private static final Duration LAST_WRITES = Duration.ofMillis(500);

    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final AdmissionGate gate = new AdmissionGate();
    private final Overload overload;
    private final ModelCatalog catalog;
    private final RequestRouter router;
    private final Pipeline pipeline;
    private final FrontendServer server;

    private Frontend(FrontendConfig config, HostServices host) throws IOException {
        try {
            var metrics = own(new HttpServiceMetrics(
                    host.metrics().families(),
                    new HttpMetricsConfig(
                            config.metricsPrefix(), config.legacyMetricsPrefix(), config.metricsBuckets()),
                    EnumSet.allOf(HttpEndpoint.class)));
            var stages = own(new PipelineMetrics(host.metrics().families()));
            var models = new ModelGauges(metrics);
            // Before the catalogue, so that a model that can be asked for can be sent to.
            router = own(new RequestRouter(
                    config.router(),
                    host.plane().directory(),
                    host.ranks(),
                    host.metrics().families()));
            own(host.pages().ofRoles().show("/router", router::page));
            catalog = own(new ModelCatalog(
                    host.plane().directory(),
                    new PrefixStore(config.tokenizerCache().bytes()),
                    models));
            var writers = IntStream.range(0, config.writerThreads())
                    .mapToObj(i -> own(new WriterThread("frontend-writer-" + i, stages::loopDelayed)))
                    .toList();
            var watch = own(new PeerWatch(TICK));
            own(watch.watch(
                    Optional.empty(), PeerWatch.SELDOM, () -> catalog.models().forEach(models::ready)));
            var limits = config.limits();
            overload = Overload.of(
                    config.admission(), config.timeouts(), limits.bodies().bytes());
            own(watch.watch(Optional.empty(), TICK, overload.capacity()::expire));
            own(host.actions()
                    .offer(new ActionBoard.Target(
                            "frontend",
                            "frontend",
                            Map.of(),
                            Map.of("admission", new AdmissionControl(overload.capacity(), overload.promptTokens())))));
            pipeline = new Pipeline(new Pipeline.Parts(
                    new Pipeline.Limits(
                            (int) limits.body().bytes(),
                            limits.bodyTimeout(),
                            limits.jsonDepth(),
                            limits.jsonString(),
                            limits.promptChars(),
                            limits.streamQueue(),
                            config.waitingCommentInterval(),
                            limits.idleTimeout(),
                            FlushWindow.of(config.flushWindow())),
                    catalog,
                    gate,
                    overload,
                    watch,
                    writers,
                    metrics,
                    stages,
                    router,
                    host.stop()::isMade));
            var keys = new KeyRing(config.apiKeys(), System.getenv());
            var tls = tls(config.tls());
            own(watch.watch(Optional.empty(), PeerWatch.SELDOM, () -> {
                keys.reload();
                tls.ifPresent(TlsIdentity::reload);
            }));
            server = own(new FrontendServer(config, tls, new ApiHandler(pipeline, catalog, keys), host.pages()));
            own(watch.watch(
                    Optional.empty(),
                    PeerWatch.often(limits.headTimeout()),
                    new HeadWatch(server.connector(), limits.headTimeout())));
            own(host.health().show(this::health));
        } catch (IOException | RuntimeException e) {
            release();
            throw e;
        }
    }

    private static Optional<TlsIdentity> tls(TlsConfig config) throws IOException {
        if (config.certificate().isEmpty() || config.key().isEmpty()) return Optional.empty();
        return Optional.of(
                new TlsIdentity(config.certificate().get(), config.key().get()));
    }

    /** Starts listening, and waits for the tokenizers of the models that are there. */
    static Frontend start(FrontendConfig config, HostServices host) throws StartException, InterruptedException {
        Frontend frontend;
        try {
            frontend = new Frontend(config, host);
        } catch (IOException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
        try {
            frontend.awaitModels(host);
        } catch (InterruptedException | StartException | RuntimeException e) {
            frontend.close();
            throw e;
        }
        return frontend;
    }

    /** A model that is there from the start and cannot be used is a mistake in the configuration. */
    private void awaitModels(HostServices host) throws StartException, InterruptedException {
        var longest = Deadline.in(LOADING_MAX);
        while (!longest.isOver() && !host.stop().isMade()) {
            if (!catalog.awaitLoaded(Deadline.in(TICK))) continue;
            for (var model : catalog.models())
                if (!model.text().failure().isEmpty())
                    throw new StartException("model '%s' cannot be served: %s"
                            .formatted(model.name(), model.text().failure()));
            return;
        }
    }

    /** The port that is listened on. */
    int port() {
        return server.port();
    }

    /** Where requests are sent from. */
    RequestRouter router() {
        return router;
    }

    @Override
    public List<String> served() {
        var at = "OpenAI API at " + server.address();
        return catalog.models().stream()
                .findFirst()
                .map(model -> List.of(at, "try: " + curl(model)))
                .orElseGet(() -> List.of(at));
    }

    private String curl(ServedModel model) {
        return "curl -N %s/v1/completions -H 'content-type: application/json' -d '%s'"
                .formatted(
                        server.address(),
                        "{\"model\": \"%s\", \"prompt\": \"Once upon a time\", \"max_tokens\": 64, \"stream\": true}"
                                .formatted(model.name()));
    }

    @Override
    public boolean drain(Deadline deadline) {
        gate.shut();
        overload.capacity().shut();
        try {
            if (gate.awaitEmpty(deadline.minus(LAST_WRITES))) return true;
            LOG.warn("{} responses are not complete at the end of the shutdown's budget", gate.inside());
            cutAll();
            gate.awaitEmpty(deadline);
        } catch (InterruptedException e) {
            cutAll();
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private void cutAll() {
        pipeline.cutAll(new EngineError.EngineShutdown(
                "the server shut down before the response was complete; send the request again"));
    }

    @Override
    public void close() {
        gate.shut();
        overload.capacity().shut();
        if (gate.inside() > 0) {
            cutAll();
            try {
                gate.awaitEmpty(Deadline.in(LAST_WRITES));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        release();
    }

    private ComponentHealth health() {
        boolean loaded = catalog.isLoaded();
        var state = gate.isShut() ? "draining" : loaded ? "serving" : "loading";
        return new ComponentHealth(
                "frontend",
                state,
                loaded && !gate.isShut(),
                Map.of(
                        "requests",
                        gate.inside(),
                        "models",
                        catalog.models().stream().map(ServedModel::name).toList()));
    }

    private <T extends AutoCloseable> T own(T part) {
        owned.push(part);
        return part;
    }

    private void release() {
        for (AutoCloseable part; (part = owned.poll()) != null; ) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("{} did not close", part, e);
            }
        }
    }
}
