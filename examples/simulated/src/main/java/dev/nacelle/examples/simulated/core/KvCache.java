package dev.nacelle.examples.simulated.core;

import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.request.TokenIds;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One rank's blocks, given to sequences, with the prefix cache and its events. */
final class KvCache {
    private final RankConfig config;
    private final BlockPool pool;
    private @Nullable KvEventPublisher events;

    KvCache(RankConfig config) {
        this.config = config;
        this.pool = new BlockPool(config.blocks());
    }

    BlockPool pool() {
        return pool;
    }

    void publishTo(KvEventPublisher publisher) {
        events = publisher;
    }

    /**
     * Gives a sequence that has no blocks those of its beginning that are cached, and new ones up to so many tokens
     * beyond. At least one token is left to compute, as the next one comes of it. False, and nothing given, when too few
     * blocks are available.
     *
     * @param remote tokens that are computed elsewhere; 0: none
     * @param most tokens to compute now
     */
    boolean begin(Sequence sequence, int remote, int most) {
        int matched = 0;
        int taken = 0; // of those matched, the free ones: available now, and not for new blocks any more
        int largest = config.prefixCaching() ? (sequence.known() - 1) / config.blockSize() : 0;
        for (; matched < largest; matched++) {
            int block = pool.find(sequence.hash(matched, config));
            if (block == LongIntMap.ABSENT) break;
            if (pool.isFree(block)) taken++;
        }
        int cached = matched * config.blockSize();
        int start = Math.max(cached, remote);
        int tokens = Math.min(start + most, sequence.known());
        if (config.blocksFor(tokens) - matched + taken > pool.available()) return false;
        for (int i = 0; i < matched; i++) {
            int block = pool.find(sequence.hash(i, config));
            pool.retain(block);
            sequence.addBlock(block);
        }
        sequence.cachedBlocks = matched;
        sequence.computed = start;
        if (!sequence.admittedOnce) sequence.cachedTokens = Math.min(cached, sequence.promptTokens());
        sequence.admittedOnce = true;
        sequence.scheduled = tokens - start;
        return grow(sequence, tokens);
    }

    /** Takes the blocks that so many tokens need. False, and nothing taken, when too few are available. */
    boolean grow(Sequence sequence, int tokens) {
        int needed = config.blocksFor(tokens) - sequence.blockCount();
        if (needed > pool.available()) return false;
        for (int i = 0; i < needed; i++) sequence.addBlock(pool.take());
        return true;
    }

    /** Tells what was evicted for the blocks taken since the last call. */
    void publishEvictions() {
        if (!pool.hasEvicted()) return;
        var hashes = pool.drainEvicted();
        if (events != null) events.removed(hashes);
    }

    /** Caches the blocks that the last step filled, and tells of those that are new. */
    void cacheFullBlocks(Sequence sequence) {
        if (!config.prefixCaching()) return;
        int full = sequence.computed / config.blockSize();
        int firstNew = -1;
        for (int i = sequence.cachedBlocks; i < full; i++) {
            int block = sequence.block(i);
            long hash = sequence.hash(i, config);
            boolean isNew = pool.find(hash) == LongIntMap.ABSENT;
            // Another sequence may have cached the same block since: then both use that one from now on.
            sequence.setBlock(i, pool.cache(block, hash));
            if (isNew && firstNew < 0) firstNew = i;
            if (!isNew && firstNew >= 0) {
                publishStored(sequence, firstNew, i);
                firstNew = -1;
            }
        }
        if (firstNew >= 0) publishStored(sequence, firstNew, full);
        sequence.cachedBlocks = Math.max(sequence.cachedBlocks, full);
    }

    private void publishStored(Sequence sequence, int from, int to) {
        if (events == null) return;
        var hashes = new long[to - from];
        for (int i = from; i < to; i++) hashes[i - from] = sequence.hash(i, config);
        var parent = from == 0 ? OptionalLong.empty() : OptionalLong.of(sequence.hash(from - 1, config));
        var tokens = Arrays.copyOfRange(sequence.tokens(), from * config.blockSize(), to * config.blockSize());
        events.stored(hashes, parent, TokenIds.of(tokens), config.blockSize());
    }

    /** Forgets what is cached; sequences keep their blocks. */
    void clear() {
        publishEvictions();
        pool.clear();
        if (events != null) events.cleared();
    }
}
