package dev.nacelle.examples.llama;

import java.util.ArrayDeque;

/**
 * The KV cache's memory: a fixed number of blocks, each made when first needed and then used again. Belongs to the
 * scheduler's thread.
 */
final class BlockPool {
    private final KvLayout layout;
    private final int total;
    private final ArrayDeque<float[]> returned = new ArrayDeque<>();
    private int used;

    BlockPool(KvLayout layout, int total) {
        this.layout = layout;
        this.total = total;
    }

    KvLayout layout() {
        return layout;
    }

    int total() {
        return total;
    }

    int used() {
        return used;
    }

    int free() {
        return total - used;
    }

    /** @throws IllegalStateException when none is free */
    float[] take() {
        if (used == total) throw new IllegalStateException("all %d KV blocks are in use".formatted(total));
        used++;
        var block = returned.poll();
        return block != null ? block : new float[layout.floatsPerBlock()];
    }

    void giveBack(float[] block) {
        used--;
        returned.push(block);
    }
}
