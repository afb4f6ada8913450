package dev.nacelle.frontend.router;

import dev.nacelle.frontend.metrics.Phase;
import dev.nacelle.routing.BlockHasher;
import dev.nacelle.routing.Placement;
import dev.nacelle.routing.Placement.Placed;
import dev.nacelle.routing.Pool;
import dev.nacelle.routing.Rank;
import dev.nacelle.routing.RouteRequest;
import dev.nacelle.routing.RoutingMode;
import dev.nacelle.routing.Worker;
import dev.nacelle.runtime.plane.Instance;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/** A pool and the instances that are in it. From any thread. */
final class LivePool implements AutoCloseable {
    private final RouterConfig config;
    private final RouterMetrics router;
    private final WorkerType type;
    private final Pool pool;
    private final PoolMetrics metrics;
    private final WaitingRoom waiting;
    private final Map<Long, Member> members = new ConcurrentHashMap<>();

    /**
     * A pool without workers.
     *
     * @param first the one it is made for
     * @param wake has {@link WaitingRoom#serve} called soon
     */
    LivePool(RouterConfig config, RouterMetrics router, Instance first, WorkerType type, Runnable wake) {
        this.config = config;
        this.router = router;
        this.type = type;
        var card = first.card();
        int blockSize = config.blockSize()
                .orElse(card.config().registration().kvCacheBlockSize().orElse(16));
        pool = new Pool(
                new BlockHasher(blockSize, config.hashSeed()),
                config.options(),
                System::nanoTime,
                new SplittableRandom());
        metrics = new PoolMetrics(
                router, card.namespace(), card.component(), card.config().modelName(), type);
        waiting = new WaitingRoom(config.queueLength(), router.queued(type), wake);
        pool.onFreed(waiting::knock);
    }

    WorkerType type() {
        return type;
    }

    PoolMetrics metrics() {
        return metrics;
    }

    WaitingRoom waiting() {
        return waiting;
    }

    Pool pool() {
        return pool;
    }

    RouterConfig config() {
        return config;
    }

    Iterable<Member> members() {
        return members.values();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    boolean isReady() {
        for (var member : members.values()) if (member.instance().isReady()) return true;
        return false;
    }

    Optional<Instance> instance(Worker worker) {
        return Optional.ofNullable(members.get(worker.id())).map(Member::instance);
    }

    Member join(Instance instance) {
        var card = instance.card();
        var ranks = card.config().registration();
        var worker = pool.join(new Worker.Spec(
                card.instanceId(),
                ranks.dataParallelStartRank().orElse(0),
                ranks.dataParallelSize().orElse(1),
                ranks.totalKvBlocks().orElse(0),
                ranks.maxNumBatchedTokens().orElse(0),
                instance::isReady));
        var member = new Member(instance, this, worker);
        members.put(card.instanceId(), member);
        if (config.mode().byCache()) worker.ranks().forEach(rank -> metrics.rank(pool, rank));
        else metrics.rank(pool, worker.whole());
        waiting.knock();
        return member;
    }

    void leave(Member member) {
        members.remove(member.worker().id());
        member.leave();
        pool.leave(member.worker());
        member.worker().ranks().forEach(metrics::left);
        metrics.left(member.worker().whole());
    }

    /** Places a request, and counts that. */
    Placement place(RouteRequest request, Phase phase) {
        var placement = pool.place(request);
        if (placement instanceof Placed placed) {
            if (request.mode().orElse(config.mode()).byCache()) router.placed(placed.timing());
            metrics.started.increment();
            metrics.inputTokens(phase).observe(request.tokens().length);
            if (placed.blocks() > 0) metrics.hitRate.observe((double) placed.cachedBlocks() / placed.blocks());
        }
        return placement;
    }

    /** The rank's series; of one that has just left, series that are on no page. */
    PoolMetrics.OfRank metrics(Rank rank) {
        var shown = metrics.rank(pool, rank);
        if (!members.containsKey(rank.worker().id())) metrics.left(rank);
        return shown;
    }

    boolean predicts() {
        return config.mode() == RoutingMode.KV_APPROX;
    }

    @Override
    public void close() {
        waiting.close();
        metrics.close();
    }
}
