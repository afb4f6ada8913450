package dev.nacelle.spi;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Sizes and limits of a served model; empty where the engine cannot tell.
 *
 * @param contextLength tokens, prompt and completion together
 * @param kvCacheBlockSize tokens per KV block
 * @param totalKvBlocks KV blocks per rank
 * @param maxNumSeqs sequences in a batch
 * @param maxNumBatchedTokens tokens in a batch
 * @param dataParallelSize ranks that this worker serves
 * @param dataParallelStartRank the first of them
 */
public record Registration(
        OptionalInt contextLength,
        OptionalInt kvCacheBlockSize,
        OptionalLong totalKvBlocks,
        OptionalInt maxNumSeqs,
        OptionalInt maxNumBatchedTokens,
        OptionalInt dataParallelSize,
        OptionalInt dataParallelStartRank) {
    /** Nothing known. */
    public static final Registration UNKNOWN = new Registration(
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalLong.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty());

    public Registration {
        positive("contextLength", contextLength);
        positive("kvCacheBlockSize", kvCacheBlockSize);
        positive("maxNumSeqs", maxNumSeqs);
        positive("maxNumBatchedTokens", maxNumBatchedTokens);
        positive("dataParallelSize", dataParallelSize);
        if (totalKvBlocks.orElse(0) < 0 || dataParallelStartRank.orElse(0) < 0)
            throw new IllegalArgumentException("totalKvBlocks %s and dataParallelStartRank %s, expected 0 or more"
                    .formatted(totalKvBlocks, dataParallelStartRank));
    }

    /** Only the context length known. */
    public static Registration ofContext(int contextLength) {
        return new Registration(
                OptionalInt.of(contextLength),
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    private static void positive(String what, OptionalInt value) {
        if (value.isPresent() && value.getAsInt() < 1)
            throw new IllegalArgumentException("%s %d, expected at least 1".formatted(what, value.getAsInt()));
    }
}
