package dev.nacelle.python;

import dev.nacelle.python.bridge.Json;
import dev.nacelle.python.bridge.PythonCode;
import dev.nacelle.python.bridge.PythonSession;
import dev.nacelle.python.bridge.Transport;
import dev.nacelle.spi.Endpoint;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.EngineMetrics;
import dev.nacelle.spi.metrics.MetricsBindings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A started engine: the Python that runs it, and where that one can be started again, the ones that follow it. What the
 * host was told at the first start is told to each new Python likewise, so that the host need not notice.
 */
final class PythonLife {
    private static final System.Logger LOG = System.getLogger(PythonLife.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** A Python that lived so long begins with the first pause again. */
    private static final Duration STABLE = Duration.ofMinutes(1);

    private final PythonCode code;
    private final Transport.Factory factory;
    private final StartContext context;
    private final Publishers publishers;
    private final CountDownLatch over = new CountDownLatch(1);

    private volatile @Nullable PythonSession session;
    private volatile @Nullable Served served;
    private Map<String, String> autoLabels = Map.of();
    private int callbacks;
    private boolean publishesSnapshots;
    private int kvSources;
    private Duration pause = FIRST_PAUSE; // touched by the one thread that revives
    private volatile long beganNanos;
    private volatile boolean reviving;
    private final AtomicInteger deaths = new AtomicInteger();

    /** Set once the endpoint is ready: a Python that dies before fails the start, one that dies later is revived. */
    private record Served(Endpoint endpoint) {}

    PythonLife(PythonCode code, Transport.Factory factory, StartContext context) {
        this.code = code;
        this.factory = factory;
        this.context = context;
        this.publishers = new Publishers(context, this::died);
    }

    /** The Python of now. @throws EngineException when there is none */
    PythonSession session() throws EngineException {
        var now = session;
        if (now == null) throw new EngineException(new EngineError.EngineShutdown("the engine is not running"));
        return now;
    }

    /** Starts Python and the engine in it. */
    Description begin() throws EngineException, InterruptedException {
        beganNanos = System.nanoTime();
        var begun = PythonSession.open(factory, code, publishers);
        session = begun;
        begun.call(
                "create",
                Map.of(
                        "cls", code.className(),
                        "path", code.path().stream().map(String::valueOf).toList(),
                        "args", code.args()),
                Limits.LOADING);
        return Description.of(begun.call("start", Map.of("worker_id", context.workerId()), Limits.LOADING));
    }

    MetricsBindings setupMetrics(EngineMetrics metrics) {
        autoLabels = metrics.autoLabels();
        var said = Json.object(ask("metrics", Map.of("auto_labels", autoLabels)));
        callbacks = said.get("callbacks") instanceof Integer count ? count : 0;
        for (int i = 0; i < callbacks; i++) {
            int index = i;
            // Called off the scrape path, under a time limit that interrupts: no scrape waits for Python.
            metrics.addExpfmtCallback(
                    () -> String.valueOf(session().call("render", Map.of("index", index), Limits.ANSWER)));
        }
        var ranks = Json.list(said.get("ranks")).stream()
                .map(rank -> rank instanceof Integer i ? i : -1)
                .toList();
        publishesSnapshots = !ranks.isEmpty();
        return new MetricsBindings(ranks, publisher -> {
            publishers.snapshotsGoTo(publisher);
            ask("attach_snapshots", Map.of());
        });
    }

    List<KvEventSource> kvEventSources() {
        var said = Json.list(ask("kv_sources", Map.of()));
        kvSources = said.size();
        return IntStream.range(0, kvSources)
                .mapToObj(i -> kvEventSource(i, Json.object(said.get(i))))
                .toList();
    }

    private KvEventSource kvEventSource(int index, Map<String, @Nullable Object> source) {
        int rank = source.get("dp_rank") instanceof Integer r ? r : 0;
        if (source.get("endpoint") instanceof String endpoint)
            return new KvEventSource.Zmq(
                    rank,
                    endpoint,
                    source.get("topic") instanceof String topic ? topic : "",
                    Optional.ofNullable(source.get("replay_endpoint")).map(String::valueOf));
        return KvEventSource.push(rank, publisher -> {
            publishers.kvEventsGoTo(rank, publisher);
            ask("kv_ready", Map.of("index", index));
        });
    }

    void endpointReady(Endpoint endpoint) throws EngineException, InterruptedException {
        tellEndpoint(endpoint);
        served = new Served(endpoint);
    }

    /** A call in a place where the SPI has no checked exceptions. */
    @Nullable
    Object ask(String method, Map<String, ?> arguments) {
        try {
            return session().call(method, arguments, Limits.ANSWER);
        } catch (EngineException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the engine was asked for " + method, e);
        }
    }

    /** Cleans up and ends Python. */
    void end(Duration limit) throws EngineException, InterruptedException {
        over.countDown();
        var last = session;
        if (last == null) return;
        try {
            // One that is about to start again has nothing to clean up that its own end would not.
            if (!reviving) unlessGone("cleanup");
        } finally {
            last.close(limit);
        }
    }

    /** A call that is no use to a Python that is gone: it has nothing left to drain or to clean up. */
    void unlessGone(String method) throws EngineException, InterruptedException {
        var now = session;
        if (now == null || now.isGone()) return;
        try {
            now.call(method, Map.of(), Limits.WORK);
        } catch (EngineException e) {
            if (!now.isGone()) throw e;
        }
    }

    private void died(String reason) {
        if (over.getCount() == 0) return;
        publishers.health().down(reason);
        if (served != null && factory.restarts() && deaths.getAndIncrement() == 0)
            Thread.ofPlatform().daemon().name("python-revival").start(this::revive);
    }

    /** One thread at a time; a Python that dies meanwhile is seen by the count. */
    private void revive() {
        if (System.nanoTime() - beganNanos > STABLE.toNanos()) pause = FIRST_PAUSE;
        try {
            while (!over.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                int seen = deaths.get();
                if (revived() && deaths.compareAndSet(seen, 0)) return;
            }
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.WARNING, "interrupted: Python is not started again");
        }
    }

    /** @return false when it did not start: the reason has been logged */
    private boolean revived() throws InterruptedException {
        try {
            LOG.log(System.Logger.Level.INFO, "starting Python again");
            reviving = true;
            begin();
            publishers.allCleared();
            attach();
            reviving = false;
            if (over.getCount() == 0) end(Duration.ZERO);
            else publishers.health().ready();
            return true;
        } catch (EngineException | IllegalStateException e) {
            LOG.log(System.Logger.Level.ERROR, "Python did not start again", e);
            var failed = session;
            if (failed != null) failed.close(Duration.ZERO);
            return false;
        }
    }

    /** Tells a new Python what its predecessor was told. */
    private void attach() throws EngineException, InterruptedException {
        var said = Json.object(ask("metrics", Map.of("auto_labels", autoLabels)));
        if (said.get("callbacks") instanceof Integer count && count != callbacks)
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the engine registered {0} metrics callbacks, and {1} at its first start",
                    count,
                    callbacks);
        if (publishesSnapshots) ask("attach_snapshots", Map.of());
        ask("kv_sources", Map.of());
        for (int i = 0; i < kvSources; i++) ask("kv_ready", Map.of("index", i));
        var endpoint = served;
        if (endpoint != null) tellEndpoint(endpoint.endpoint());
    }

    private void tellEndpoint(Endpoint endpoint) throws EngineException, InterruptedException {
        session()
                .call("endpoint_ready", Map.of("path", endpoint.path(), "worker_id", endpoint.workerId()), Limits.WORK);
    }
}
