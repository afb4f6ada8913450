package dev.nacelle.examples.simulated.core;

/**
 * The sizes of one rank.
 *
 * @param blocks KV blocks
 * @param blockSize tokens per block
 * @param maxNumSeqs sequences in a batch
 * @param maxNumBatchedTokens tokens that a step computes at most; longer prompts take several steps
 * @param prefixCaching whether full blocks are kept for other sequences with the same beginning
 * @param seed of the block hashes
 */
public record RankConfig(
        int blocks,
        int blockSize,
        int maxNumSeqs,
        int maxNumBatchedTokens,
        boolean prefixCaching,
        long seed,
        Timing timing) {
    public RankConfig {
        positive("blocks", blocks);
        positive("block_size", blockSize);
        positive("max_num_seqs", maxNumSeqs);
        positive("max_num_batched_tokens", maxNumBatchedTokens);
    }

    /** Blocks that hold so many tokens. */
    public int blocksFor(int tokens) {
        return Math.ceilDiv(tokens, blockSize);
    }

    private static void positive(String what, int value) {
        if (value < 1) throw new IllegalArgumentException("%s %d, expected at least 1".formatted(what, value));
    }
}
