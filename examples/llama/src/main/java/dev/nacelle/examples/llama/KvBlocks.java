package dev.nacelle.examples.llama;

import java.util.ArrayList;

/** The KV blocks of one sequence. Belongs to the scheduler's thread; a step's threads read it and write positions. */
final class KvBlocks {
    private final BlockPool pool;
    private final ArrayList<float[]> blocks = new ArrayList<>();

    KvBlocks(BlockPool pool) {
        this.pool = pool;
    }

    KvLayout layout() {
        return pool.layout();
    }

    /** The block that holds {@code position}. */
    float[] at(int position) {
        return blocks.get(position / pool.layout().blockSize());
    }

    /** Takes the blocks that so many positions need. False, and nothing taken, when too few are free. */
    boolean grow(int positions) {
        int needed = pool.layout().blocks(positions) - blocks.size();
        if (needed > pool.free()) return false;
        for (int i = 0; i < needed; i++) blocks.add(pool.take());
        return true;
    }

    /** Gives all blocks back. Idempotent. */
    void release() {
        blocks.forEach(pool::giveBack);
        blocks.clear();
    }
}
