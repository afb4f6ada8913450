package dev.nacelle.runtime.host;

import dev.nacelle.runtime.kv.LocalRankFeed;
import dev.nacelle.runtime.plane.Plane;
import dev.nacelle.runtime.plane.PlaneException;
import dev.nacelle.runtime.plane.PlaneProvider;
import dev.nacelle.runtime.plane.PlaneServices;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.runtime.role.HostServices;
import dev.nacelle.runtime.role.Role;
import dev.nacelle.runtime.role.RunningRole;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.runtime.role.StartProgress;
import dev.nacelle.runtime.role.StopRequest;
import dev.nacelle.runtime.system.ActionBoard;
import dev.nacelle.runtime.system.FileBoard;
import dev.nacelle.runtime.system.HealthBoard;
import dev.nacelle.runtime.system.SystemPages;
import dev.nacelle.runtime.system.SystemServer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's worth of Nacelle: servers, plane and roles, built from a configuration.
 *
 * <p>{@link #start} is called once. {@link #requestStop} may be called at any time and from any thread; {@link #stop}
 * waits for a running start, which then ends early. {@link #close} is a stop within the configured budget.
 */
public final class Host implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Host.class);

    private final HostConfig config;
    private final StopRequest stop = new StopRequest();
    /** Held while starting and while stopping: the two never overlap. */
    private final ReentrantLock lifecycle = new ReentrantLock();

    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final List<RunningRole> roles = new ArrayList<>();
    private volatile List<String> served = List.of();
    private volatile boolean clean = true;
    private boolean stopped;

    public Host(HostConfig config) {
        this.config = config;
        owned.push(config);
    }

    /**
     * Starts the servers and the roles; returns when everything serves, or when a stop was requested meanwhile.
     *
     * @throws StartException when a part cannot start; what had started is stopped again
     */
    public void start(StartProgress progress) throws StartException, InterruptedException {
        lifecycle.lock();
        try {
            build(progress);
        } catch (StartException | InterruptedException | RuntimeException | Error e) {
            closeAll();
            throw e;
        } finally {
            lifecycle.unlock();
        }
    }

    private void build(StartProgress progress) throws StartException, InterruptedException {
        var host = config.host();
        var board = new HealthBoard();
        var actions = new ActionBoard();
        var metrics = own(HostMetrics.open(host.metrics()));
        metrics.addSources(host.metrics(), Map.of("dynamo_namespace", host.namespace()));
        board.section("metrics_sources", metrics::sources);
        var pages = new SystemPages(board, metrics::servlet);
        var files = new FileBoard();
        SystemServer system;
        try {
            system = own(new SystemServer(host.system(), pages, actions, files));
        } catch (IOException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
        var plane = own(open(
                config.plane(),
                new PlaneServices(host.namespace(), metrics.runtime(), board, files, URI.create(system.address()))));
        var services = new HostServices(
                host.namespace(),
                config.configuration(),
                config.engines(),
                plane,
                new LocalRankFeed(),
                metrics.runtime(),
                metrics,
                board,
                pages,
                actions,
                progress,
                stop);
        var lines = new ArrayList<String>();
        for (var role : config.roles()) {
            if (stop.isMade()) break;
            var running = own(start(role, services));
            roles.add(running);
            lines.addAll(running.served());
        }
        lines.add("metrics and health at %s".formatted(system.address()));
        served = List.copyOf(lines);
    }

    private <C extends Record> Plane open(PlaneProvider<C> provider, PlaneServices services)
            throws StartException, InterruptedException {
        try {
            return provider.open(config.configuration().part(provider.configuration()), services);
        } catch (PlaneException e) {
            throw new StartException("plane %s: %s".formatted(provider.name(), e.getMessage()), e);
        }
    }

    private <C extends Record> RunningRole start(Role<C> role, HostServices services)
            throws StartException, InterruptedException {
        return role.start(config.configuration().part(role.configuration()), services);
    }

    /** What is served and where, a line each. */
    public List<String> served() {
        return served;
    }

    /** Asks for a stop within the configured budget, which counts from now; the first call counts. Returns at once. */
    public void requestStop() {
        stop.make(Deadline.in(config.host().shutdownTimeout()));
    }

    public boolean isStopRequested() {
        return stop.isMade();
    }

    /**
     * Drains every role at once, then closes everything. Blocks until that is done; further calls return the same.
     *
     * @return whether all work ended by itself within the budget
     */
    public boolean stop() {
        requestStop();
        lifecycle.lock();
        try {
            if (!stopped) {
                clean = drain(stop.deadline().orElseThrow());
                closeAll();
            }
            return clean;
        } finally {
            lifecycle.unlock();
        }
    }

    @Override
    public void close() {
        stop();
    }

    private boolean drain(Deadline deadline) {
        // On threads of the platform: virtual ones starve while an engine computes on those of its requests.
        var threads = Thread.ofPlatform().name("drain-", 0).factory();
        try (var tasks = Executors.newThreadPerTaskExecutor(threads)) {
            var drains = new ArrayList<Callable<Boolean>>();
            for (var role : roles) drains.add(() -> role.drain(deadline));
            boolean all = true;
            for (Future<Boolean> drained : tasks.invokeAll(drains)) all &= drained.get();
            return all;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            LOG.error("a role failed while draining", e.getCause());
            return false;
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        owned.push(part);
        return part;
    }

    /** In reverse order of start; one part that fails to close keeps no other from it. */
    private void closeAll() {
        stopped = true;
        for (AutoCloseable part; (part = owned.poll()) != null; ) {
            try {
                part.close();
            } catch (Exception | Error e) {
                LOG.error("{} did not close", part, e);
                clean = false;
            }
        }
    }
}
