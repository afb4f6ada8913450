package dev.nacelle.examples.simulated.core;

/**
 * The engine's own hash of a block: of its tokens and of the block before it, so that equal hashes mean equal prefixes.
 * Routers must not expect it to be theirs.
 */
public final class BlockHash {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private BlockHash() {}

    /** What the first block of a sequence has as its parent. */
    public static long root(long seed) {
        return mix(seed + GOLDEN);
    }

    /** The hash of the tokens from {@code from} to {@code from + count - 1}, behind the block {@code parent}. */
    public static long next(long parent, int[] tokens, int from, int count) {
        long hash = mix(parent ^ count);
        for (int i = from; i < from + count; i++) hash = mix(hash + GOLDEN ^ tokens[i]);
        return hash;
    }

    /** A bijection of the 64-bit numbers that spreads each bit over all: the finalizer of SplitMix64 (Steele et al., 2014). */
    public static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
