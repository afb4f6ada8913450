package dev.nacelle.frontend.router;

import dev.nacelle.routing.EventOrder;
import dev.nacelle.routing.Rank;
import dev.nacelle.routing.Worker;
import dev.nacelle.runtime.kv.KvEvent;
import dev.nacelle.runtime.kv.RankFeed;
import dev.nacelle.runtime.kv.RankId;
import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An instance in its pool: takes what is heard of its ranks until it leaves. Events are applied by one thread. */
final class Member {
    private static final Logger LOG = LoggerFactory.getLogger(Member.class);

    private final Instance instance;
    private final LivePool pool;
    private final Worker worker;
    private final EventOrder[] orders;
    private boolean left; // guarded by this
    private volatile int rebuilt;
    private boolean complained;

    Member(Instance instance, LivePool pool, Worker worker) {
        this.instance = instance;
        this.pool = pool;
        this.worker = worker;
        orders = new EventOrder[worker.ranks().size()];
        for (int i = 0; i < orders.length; i++) orders[i] = new EventOrder();
    }

    Instance instance() {
        return instance;
    }

    LivePool pool() {
        return pool;
    }

    Worker worker() {
        return worker;
    }

    /** How often a rank was built anew. */
    int rebuilt() {
        return rebuilt;
    }

    /** What is heard from now on is of no account: its ranks' numbers in the index may be another's. */
    synchronized void leave() {
        left = true;
    }

    void loadChanged(int dpRank, ComponentSnapshot snapshot) {
        int i = dpRank - worker.spec().startRank();
        if (i >= 0 && i < orders.length)
            worker.ranks().get(i).reported(snapshot.kvUsedBlocks(), snapshot.gpuCacheUsage());
    }

    /** A rank's cache changed. */
    synchronized void cacheChanged(RankFeed feed, RankId id, long number, KvEvent event) {
        int i = id.dpRank() - worker.spec().startRank();
        if (left || i < 0 || i >= orders.length) return;
        switch (orders[i].judge(number)) {
            case NEXT -> apply(worker.ranks().get(i), event);
            case STALE -> LOG.trace("rank {}: event {} is known", id, number);
            case GAP -> {
                LOG.info("rank {}: events before {} were missed: its index is built anew", id, number);
                rebuild(feed, id);
            }
        }
    }

    /** Drops what is known of a rank, and takes what its host has. */
    synchronized void rebuild(RankFeed feed, RankId id) {
        int i = id.dpRank() - worker.spec().startRank();
        if (left || i < 0 || i >= orders.length) return;
        var blocks = feed.blocks(id);
        if (blocks.isEmpty()) return;
        var rank = worker.ranks().get(i);
        pool.pool().cleared(rank);
        blocks.get().blocks().forEach(block -> apply(rank, block));
        orders[i].caughtUp(blocks.get().nextNumber());
        rebuilt = rebuilt + 1; // by one thread only
    }

    private void apply(Rank rank, KvEvent event) {
        switch (event) {
            case KvEvent.Stored(var hashes, var parent, var tokens, int blockSize) -> {
                if (blockSize == pool.pool().hasher().blockSize())
                    pool.pool().stored(rank, hashes, parent, tokens.toArray());
                else complain(blockSize);
            }
            case KvEvent.Removed(var hashes) -> pool.pool().removed(rank, hashes);
            case KvEvent.Cleared() -> pool.pool().cleared(rank);
        }
    }

    private void complain(int blockSize) {
        if (complained) return;
        complained = true;
        LOG.warn(
                "worker {}: its blocks have {} tokens, those of its pool {}: they are not indexed; set"
                        + " frontend.router.block_size, or give all workers of a model the same",
                instance.card().instanceHex(),
                blockSize,
                pool.pool().hasher().blockSize());
    }
}
