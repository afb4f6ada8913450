package dev.nacelle.examples.llama;

import dev.nacelle.spi.config.Setting;
import java.util.Optional;

/** The {@code options} of a worker with {@code engine: llama}. */
public record LlamaOptions(
        @Setting(value = "sequences that are stepped together at most", byDefault = "8", min = 1, max = 1024)
        int maxBatch,

        @Setting(
                value = "tokens of all sequences in one step at most; a long prompt takes several steps",
                byDefault = "64",
                min = 1,
                max = 8192)
        int maxBatchedTokens,

        @Setting(value = "requests that wait for a place at most; further ones are refused", byDefault = "256", min = 0)
        int maxWaiting,

        @Setting(value = "tokens per KV block", byDefault = "16", min = 1, max = 1024)
        int blockSize,

        @Setting(
                value = "KV blocks; without it enough for max_batch full contexts, or what half of the free heap holds",
                min = 1)
        Optional<Integer> kvBlocks,

        @Setting(value = "tokens of prompt and completion together; without it what config.json says", min = 2)
        Optional<Integer> contextLength,

        @Setting(value = "threads that compute at most; without it the processors, up to 4", min = 1, max = 256)
        Optional<Integer> threads) {

    /** What holds when a configuration says nothing. */
    public static final LlamaOptions DEFAULT =
            new LlamaOptions(8, 64, 256, 16, Optional.empty(), Optional.empty(), Optional.empty());

    public LlamaOptions {
        if (maxBatchedTokens < maxBatch)
            throw new IllegalArgumentException(
                    "max_batched_tokens is %d, expected at least max_batch, which is %d: each sequence takes one a step"
                            .formatted(maxBatchedTokens, maxBatch));
    }
}
