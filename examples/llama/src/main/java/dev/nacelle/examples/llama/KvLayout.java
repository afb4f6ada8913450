package dev.nacelle.examples.llama;

/**
 * How keys and values lie in a KV block: for each layer all positions' keys, then all positions' values.
 *
 * @param layers of the model
 * @param kvDim elements of one position's keys (or values) in one layer
 * @param blockSize positions per block
 */
record KvLayout(int layers, int kvDim, int blockSize) {
    int floatsPerBlock() {
        return Math.multiplyExact(Math.multiplyExact(2 * layers, kvDim), blockSize);
    }

    long bytesPerBlock() {
        return (long) Float.BYTES * floatsPerBlock();
    }

    /** Blocks that hold so many positions. */
    int blocks(int positions) {
        return (positions + blockSize - 1) / blockSize;
    }

    /** Where the layer's key for {@code position} begins in its block. */
    int key(int layer, int position) {
        return (2 * layer * blockSize + position % blockSize) * kvDim;
    }

    /** Where the layer's value for {@code position} begins in its block. */
    int value(int layer, int position) {
        return key(layer, position) + blockSize * kvDim;
    }
}
