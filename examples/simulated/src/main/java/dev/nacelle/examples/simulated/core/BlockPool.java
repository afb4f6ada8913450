package dev.nacelle.examples.simulated.core;

import java.util.Arrays;

/**
 * The KV blocks of one rank. A block is in use (it has references) or free; a full block may be cached under its hash,
 * and stays so while it is free, until it is taken for something else: those that nobody cached first, then the least
 * recently used. No two blocks are cached under one hash.
 */
final class BlockPool {
    private final int[] references;
    private final long[] hashes;
    private final boolean[] cached;
    /** The free blocks as a ring around the index {@link #ring}, from the one to be taken next to the one last used. */
    private final int[] next;

    private final int[] previous;
    private final int ring;
    private final LongIntMap byHash;
    private int free;
    private int withheld;
    private long[] evicted = new long[16];
    private int evictions;

    BlockPool(int blocks) {
        references = new int[blocks];
        hashes = new long[blocks];
        cached = new boolean[blocks];
        next = new int[blocks + 1];
        previous = new int[blocks + 1];
        ring = blocks;
        byHash = new LongIntMap(blocks);
        free = blocks;
        for (int i = 0; i <= blocks; i++) {
            next[i] = i == blocks ? 0 : i + 1;
            previous[i] = i == 0 ? blocks : i - 1;
        }
    }

    int total() {
        return references.length;
    }

    /** Blocks that can be taken. */
    int available() {
        return Math.max(0, free - withheld);
    }

    /** Free blocks beyond those that are held back. */
    int used() {
        return total() - available();
    }

    int cached() {
        return byHash.size();
    }

    /** Holds so many blocks back, as if somebody else used them. */
    void withhold(int blocks) {
        withheld = blocks;
    }

    /** The block cached under that hash, or {@link LongIntMap#ABSENT}. */
    int find(long hash) {
        return byHash.get(hash);
    }

    boolean isFree(int block) {
        return references[block] == 0;
    }

    /** Takes a free block, and forgets what it held. @throws IllegalStateException when none is available */
    int take() {
        if (available() == 0) throw new IllegalStateException("all %d KV blocks are in use".formatted(total()));
        int block = next[ring];
        unlink(block);
        if (cached[block]) {
            byHash.remove(hashes[block]);
            cached[block] = false;
            if (evictions == evicted.length) evicted = Arrays.copyOf(evicted, 2 * evictions);
            evicted[evictions++] = hashes[block];
        }
        references[block] = 1;
        return block;
    }

    /** Uses a block that is in use already, or cached. */
    void retain(int block) {
        if (references[block] == 0) {
            if (!cached[block]) throw new IllegalStateException("block %d is free and holds nothing".formatted(block));
            unlink(block);
        }
        references[block]++;
    }

    /** Ends one use. A sequence gives its last block back first, so that beginnings outlive what follows them. */
    void release(int block) {
        if (references[block] == 0) throw new IllegalStateException("block %d is free already".formatted(block));
        if (--references[block] == 0) link(block, cached[block] ? previous[ring] : ring);
    }

    /**
     * Caches a full block that is in use.
     *
     * @return the block to use from now on: another one when the hash is cached already, to which the use has moved
     */
    int cache(int block, long hash) {
        int there = byHash.get(hash);
        if (there == block) return block;
        if (there != LongIntMap.ABSENT) {
            retain(there);
            release(block);
            return there;
        }
        byHash.put(hash, block);
        hashes[block] = hash;
        cached[block] = true;
        return block;
    }

    /** Forgets what is cached. Blocks in use stay so. */
    void clear() {
        byHash.clear();
        Arrays.fill(cached, false);
        evictions = 0;
    }

    /** The hashes evicted since the last call, in order. */
    long[] drainEvicted() {
        var drained = Arrays.copyOf(evicted, evictions);
        evictions = 0;
        return drained;
    }

    boolean hasEvicted() {
        return evictions > 0;
    }

    private void unlink(int block) {
        next[previous[block]] = next[block];
        previous[next[block]] = previous[block];
        free--;
    }

    private void link(int block, int after) {
        next[block] = next[after];
        previous[block] = after;
        previous[next[after]] = block;
        next[after] = block;
        free++;
    }
}
