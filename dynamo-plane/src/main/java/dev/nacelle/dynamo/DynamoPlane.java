package dev.nacelle.dynamo;

import dev.nacelle.dynamo.card.ModelCard;
import dev.nacelle.dynamo.discovery.DiscoveryStore;
import dev.nacelle.dynamo.discovery.EtcdStore;
import dev.nacelle.dynamo.discovery.FileStore;
import dev.nacelle.dynamo.discovery.Place;
import dev.nacelle.dynamo.net.NetLimits;
import dev.nacelle.dynamo.net.PlaneMetrics;
import dev.nacelle.dynamo.net.RequestServer;
import dev.nacelle.dynamo.net.ResponseLoop;
import dev.nacelle.dynamo.net.ThreadHealth;
import dev.nacelle.dynamo.wire.MalformedFrameException;
import dev.nacelle.dynamo.wire.RequestFrame;
import dev.nacelle.runtime.plane.Directory;
import dev.nacelle.runtime.plane.Lease;
import dev.nacelle.runtime.plane.LocalPlane;
import dev.nacelle.runtime.plane.Plane;
import dev.nacelle.runtime.plane.PlaneException;
import dev.nacelle.runtime.plane.PlaneServices;
import dev.nacelle.runtime.plane.RequestHandler;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.runtime.system.ComponentHealth;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.ModelInput;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The workers of this process in a Dynamo deployment: published where frontends look, and served over TCP as frontends ask.
 * A frontend in this process finds them too, without a network between.
 */
final class DynamoPlane implements Plane {
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final DynamoConfig config;
    private final PlaneServices host;
    private final LocalPlane local = new LocalPlane();
    private final ConcurrentHashMap<String, WorkerEndpoint> endpoints = new ConcurrentHashMap<>();
    private final DiscoveryStore store;
    final ResponseLoop responses;
    final RequestServer requests;
    private final AutoCloseables owned;
    /** Not before there is a worker: a process without any is not ready, whatever its plane is. */
    private final AtomicBoolean onBoard = new AtomicBoolean();

    private DynamoPlane(DynamoConfig config, PlaneServices host, AutoCloseables owned)
            throws PlaneException, IOException {
        this.config = config;
        this.host = host;
        this.owned = owned;
        var limits = limits(config.request());
        store = owned.add(store(config));
        responses = owned.add(new ResponseLoop(limits, config.request().queue()));
        var metrics = owned.add(new PlaneMetrics(host.metrics()));
        var address =
                new InetSocketAddress(config.request().host(), config.request().port());
        if (address.isUnresolved())
            throw new PlaneException("dynamo.request.host: '%s' cannot be resolved"
                    .formatted(config.request().host()));
        try {
            requests = owned.add(new RequestServer(address, limits, this::handle, metrics));
        } catch (IOException e) {
            throw new PlaneException(
                    "dynamo.request.host and dynamo.request.port: cannot listen on %s:%d: %s"
                            .formatted(config.request().host(), config.request().port(), e.getMessage()),
                    e);
        }
    }

    static DynamoPlane open(DynamoConfig config, PlaneServices host) throws PlaneException {
        var owned = new AutoCloseables();
        boolean opened = false;
        try {
            var plane = new DynamoPlane(config, host, owned);
            opened = true;
            return plane;
        } catch (IOException e) {
            throw new PlaneException(String.valueOf(e.getMessage()), e);
        } finally {
            if (!opened) owned.close();
        }
    }

    @Override
    public Lease register(WorkerCard worker, RequestHandler handler) throws PlaneException, InterruptedException {
        if (worker.config().input() == ModelInput.TEXT && worker.disaggregation() != Disaggregation.AGGREGATED)
            throw new PlaneException(
                    "disaggregation: %s, but the engine takes text: Dynamo's frontend splits only requests of token ids; serve it as aggregated"
                            .formatted(worker.disaggregation().name().toLowerCase(Locale.ROOT)));
        Place place;
        ModelCard.Files files;
        try {
            place = new Place(worker.namespace(), worker.component(), worker.endpoint(), worker.instanceId());
            files = ModelCard.files(worker);
        } catch (IllegalArgumentException | IOException e) {
            throw new PlaneException(String.valueOf(e.getMessage()), e);
        }
        var owned = new AutoCloseables();
        try {
            var shown = owned.add(ServedFiles.of(files, place, host.files()));
            var base = config.systemAddress().orElse(host.system()).toString();
            var card = ModelCard.of(worker, place, files, base + shown.path(), choices());
            var publication = new Publication(store, place, card, address(), this::works);
            publication.checkFit();
            if (onBoard.compareAndSet(false, true)) this.owned.add(host.health().show(this::health));
            var section = host.health().section("dynamo " + place.key(), publication::state);
            owned.add(section);
            // It stays until the plane closes: requests that come late are refused by the worker, in its own words.
            var endpoint = owned.add(WorkerEndpoint.of(
                    worker,
                    handler,
                    responses,
                    host.metrics(),
                    config.request().maxRequests().orElse(Integer.MAX_VALUE)));
            endpoints.put(place.requestPath(), endpoint);
            return new DynamoLease(publication, local.register(worker, handler), owned);
        } catch (PlaneException | InterruptedException | RuntimeException | Error e) {
            endpoints.remove(place.requestPath());
            owned.close();
            throw e;
        }
    }

    @Override
    public Directory directory() {
        return local.directory();
    }

    @Override
    public boolean isRemote() {
        return true;
    }

    @Override
    public void close() {
        local.close();
        owned.close();
    }

    private String handle(RequestFrame frame) throws MalformedFrameException {
        var endpoint = endpoints.get(frame.path());
        return endpoint == null ? "Server unavailable: no such endpoint here" : endpoint.handle(frame);
    }

    private boolean works() {
        return requests.health().works() && responses.health().works();
    }

    private ComponentHealth health() {
        var details = new LinkedHashMap<String, Object>();
        describe("requests", requests.health(), details);
        describe("responses", responses.health(), details);
        return new ComponentHealth("plane dynamo", works() ? "serving" : "failed", works(), details);
    }

    private static void describe(String thread, ThreadHealth health, Map<String, Object> to) {
        if (health.failures() == 0) return;
        to.put(thread + "_failures", health.failures());
        to.put(thread + "_last_error", health.lastError());
    }

    private ModelCard.Choices choices() {
        return new ModelCard.Choices(
                config.sourcePath(), config.kvCacheBlockSize(), config.contextLength(), config.workerType());
    }

    private String address() {
        var host = config.request().advertise().orElse(config.request().host());
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + requests.port();
    }

    private static DiscoveryStore store(DynamoConfig config) throws PlaneException, IOException {
        return switch (config.discovery()) {
            case FILE ->
                new FileStore(config.root()
                        .orElseThrow(() -> new PlaneException(
                                "dynamo.root: missing, expected the folder that DYN_FILE_KV names for the frontends")));
            case ETCD -> new EtcdStore(config.endpoints());
        };
    }

    private static NetLimits limits(DynamoConfig.Requests config) {
        return new NetLimits(
                (int) config.maxFrame().bytes(),
                config.maxBuffered().bytes(),
                config.maxConnections(),
                config.frameTimeout(),
                config.dialTimeout(),
                config.stallTimeout(),
                LINGER);
    }
}
