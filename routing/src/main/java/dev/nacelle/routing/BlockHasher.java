package dev.nacelle.routing;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Names blocks of tokens by what they hold: XXH3 over the little-endian tokens of a block, and chained, so that a block's
 * name stands for everything before it too. Safe from any thread.
 */
public final class BlockHasher {
    /** The seed that routers of this field use. */
    public static final long DEFAULT_SEED = 1337;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int blockSize;
    private final Hasher64 hasher;

    /** @param blockSize tokens a block, at least 1 */
    public BlockHasher(int blockSize, long seed) {
        if (blockSize < 1)
            throw new IllegalArgumentException("block size %d, expected at least 1".formatted(blockSize));
        this.blockSize = blockSize;
        hasher = Hashing.xxh3_64(seed);
    }

    /** Tokens a block. */
    public int blockSize() {
        return blockSize;
    }

    /** The hashes of the full blocks of {@code tokens}, each by itself; a rest is no block. */
    public long[] blocks(int[] tokens) {
        int count = tokens.length / blockSize;
        int length = blockSize * Integer.BYTES;
        var bytes = new byte[count * length];
        for (int i = 0; i < count * blockSize; i++) INTS.set(bytes, i * Integer.BYTES, tokens[i]);
        var hashes = new long[count];
        for (int i = 0; i < count; i++) hashes[i] = hasher.hashBytesToLong(bytes, i * length, length);
        return hashes;
    }

    /** The chained hashes of the full blocks of a sequence, from its beginning. */
    public long[] chain(int[] tokens) {
        var hashes = blocks(tokens);
        for (int i = 1; i < hashes.length; i++) hashes[i] = link(hashes[i - 1], hashes[i]);
        return hashes;
    }

    /** The chained hash of a block that follows another: XXH3 over both. The first block's is its own. */
    public long link(long parentChained, long block) {
        return hasher.hashLongLongToLong(parentChained, block);
    }
}
