package dev.nacelle.routing;

import java.util.LinkedHashMap;

/**
 * What one rank holds, by what was sent to it: as an engine does, it drops what was used longest ago when it is full; and
 * what was used long ago in any case. For one thread.
 */
final class Predictions {
    /** For engines that do not say how much fits. */
    private static final long MOST_BLOCKS = 1 << 17;

    private final PrefixIndex index;
    private final int slot;
    private final long mostBlocks;
    private final long ageNanos;
    /** Chained hash → when it was used, the longest ago first. */
    private final LinkedHashMap<Long, Long> usedAt = new LinkedHashMap<>(16, 0.75f, true);

    Predictions(PrefixIndex index, int slot, long blocks, long ageNanos) {
        this.index = index;
        this.slot = slot;
        mostBlocks = blocks > 0 ? blocks : MOST_BLOCKS;
        this.ageNanos = ageNanos;
    }

    void used(long[] chain, long now) {
        // The last block first: so it goes first, as a block is of no use without those before it.
        for (int i = chain.length - 1; i >= 0; i--) usedAt.put(chain[i], now);
        index.storedChain(slot, chain, chain.length);
        while (usedAt.size() > mostBlocks) dropEldest();
        expire(now);
    }

    void expire(long now) {
        while (!usedAt.isEmpty() && now - usedAt.firstEntry().getValue() > ageNanos) dropEldest();
    }

    private void dropEldest() {
        index.removed(slot, usedAt.pollFirstEntry().getKey());
    }
}
