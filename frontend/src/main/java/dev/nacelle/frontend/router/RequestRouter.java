package dev.nacelle.frontend.router;

import dev.nacelle.routing.RoutingMode;
import dev.nacelle.runtime.kv.KvEvent;
import dev.nacelle.runtime.kv.RankFeed;
import dev.nacelle.runtime.kv.RankId;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.plane.Directory;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Sends requests to the workers of a directory, until closed. From any thread. */
public final class RequestRouter implements AutoCloseable {
    private final RouterConfig config;
    private final RankFeed feed;
    private final RouterMetrics metrics;
    private final Map<String, ModelPools> models = new ConcurrentHashMap<>();
    private final Map<Long, Member> members = new ConcurrentHashMap<>();
    private final RouterThread thread = new RouterThread(new Work());
    private final RankFeed.Watch news;
    private final Directory.Watch watch;

    /** Watches the directory and listens to the feed. */
    public RequestRouter(RouterConfig config, Directory directory, RankFeed feed, Families families) {
        this.config = config;
        this.feed = feed;
        metrics = new RouterMetrics(families, new SecureRandom().nextLong() & Long.MAX_VALUE);
        news = feed.watch(new Listener());
        watch = directory.watch(new Comings());
        thread.start();
    }

    /** Sends a request; returns at once. What becomes of it, the receiver hears. */
    public InFlight send(Outgoing request) {
        var pools = models.get(request.model());
        if (pools == null) {
            request.receiver()
                    .failed(new EngineError.WorkerUnavailable(
                            "no worker of model '%s' is there; try again shortly".formatted(request.model())));
            return _ -> {};
        }
        var journey = new Journey(pools, request);
        journey.begin();
        return journey;
    }

    /** What {@code GET /router} shows (JSON-like). */
    public Map<String, Object> page() {
        return RouterPage.of(config, metrics.routerLabel(), models.values());
    }

    @Override
    public void close() {
        watch.close();
        news.close();
        thread.close();
        models.values().forEach(ModelPools::close);
        metrics.close();
    }

    private final class Comings implements Directory.Listener {
        @Override
        public void joined(Instance instance) {
            var name = instance.card().config().modelName();
            var member = models.computeIfAbsent(name, model -> new ModelPools(model, config, metrics, thread::knock))
                    .join(instance);
            members.put(instance.card().instanceId(), member);
            // Its events may have come before it did.
            if (config.mode() == RoutingMode.KV)
                for (var rank : member.worker().ranks())
                    rank.dpRank()
                            .ifPresent(number ->
                                    thread.missed(new RankId(instance.card().instanceId(), number)));
        }

        @Override
        public void left(Instance instance) {
            var member = members.remove(instance.card().instanceId());
            if (member == null) return;
            var name = instance.card().config().modelName();
            models.computeIfPresent(name, (_, pools) -> {
                if (!pools.leave(member)) return pools;
                pools.close();
                return null;
            });
        }
    }

    private final class Listener implements RankFeed.Listener {
        @Override
        public void cacheChanged(RankId rank, long number, KvEvent event) {
            if (config.mode() == RoutingMode.KV && members.containsKey(rank.workerId()))
                thread.cacheChanged(rank, number, event);
        }

        @Override
        public void loadChanged(long workerId, int dpRank, ComponentSnapshot snapshot) {
            var member = members.get(workerId);
            if (member != null) member.loadChanged(dpRank, snapshot);
        }
    }

    private final class Work implements RouterThread.Work {
        @Override
        public void cacheChanged(RankId rank, long number, KvEvent event) {
            var member = members.get(rank.workerId());
            if (member != null) member.cacheChanged(feed, rank, number, event);
        }

        @Override
        public void rebuild(RankId rank) {
            var member = members.get(rank.workerId());
            if (member != null) member.rebuild(feed, rank);
        }

        @Override
        public boolean serve() {
            boolean waiting = false;
            for (var pools : models.values())
                for (var pool : pools.pools()) {
                    if (pool.waiting().isEmpty()) continue;
                    pool.waiting().serve(System.nanoTime());
                    waiting |= !pool.waiting().isEmpty();
                }
            return waiting;
        }
    }
}
