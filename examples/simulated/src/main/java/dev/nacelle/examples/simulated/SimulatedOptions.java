package dev.nacelle.examples.simulated;

import dev.nacelle.examples.simulated.core.RankConfig;
import dev.nacelle.examples.simulated.core.Timing;
import dev.nacelle.spi.config.Setting;
import java.util.Optional;

/** The options of {@code engine: simulated}. */
public record SimulatedOptions(
        @Setting(value = "KV blocks of each rank", byDefault = "8192", min = 1)
        int blocks,

        @Setting(value = "Tokens per KV block", byDefault = "16", min = 1, max = 4096)
        int blockSize,

        @Setting(value = "Data-parallel ranks; without it data_parallel.size", min = 1)
        Optional<Integer> ranks,

        @Setting(value = "Microseconds for each prompt token that is computed", byDefault = "50", min = 0)
        double prefillUsPerToken,

        @Setting(value = "Microseconds for each step in which a sequence decodes", byDefault = "8000", min = 0)
        double decodeUsPerStep,

        @Setting(value = "Microseconds for each sequence that decodes in a step", byDefault = "100", min = 0)
        double decodeUsPerToken,

        @Setting(
                value = "Microseconds for each prompt token that a prefill worker hands to a decode worker",
                byDefault = "2",
                min = 0)
        double transferUsPerToken,

        @Setting(
                value = "How many times as fast as the timing says; 0 for as fast as tokens are read",
                byDefault = "1",
                min = 0)
        double speedup,

        @Setting(value = "Seed of the tokens and of the block hashes", byDefault = "0")
        long seed,

        @Setting(value = "Sequences in a rank's batch", byDefault = "256", min = 1)
        int maxNumSeqs,

        @Setting(
                value = "Tokens that a step computes at most; a longer prompt takes several steps",
                byDefault = "8192",
                min = 1)
        int maxNumBatchedTokens,

        @Setting(
                value = "Sequences that wait for a place in a rank's batch at most; further ones are refused",
                byDefault = "1024",
                min = 0)
        int maxWaiting,

        @Setting(value = "Tokens of prompt and completion together", byDefault = "32768", min = 2)
        int contextLength,

        @Setting(value = "Whether full blocks are kept for other sequences with the same beginning", byDefault = "true")
        boolean prefixCaching,

        @Setting(
                value = "Tokens after which a completion ends on average, where max_tokens does not end it;"
                        + " 0 for max_tokens always",
                byDefault = "0",
                min = 0)
        double outputTokens,

        @Setting(
                value =
                        "Token ids are drawn from 0 to this less 1; without it they are lower-case letters of the byte tokenizer",
                min = 1)
        Optional<Integer> vocabSize) {
    /** What holds where nothing is configured. */
    public static final SimulatedOptions DEFAULT = new SimulatedOptions(
            8192, 16, Optional.empty(), 50, 8_000, 100, 2, 1, 0, 256, 8192, 1024, 32_768, true, 0, Optional.empty());

    public SimulatedOptions {
        notNegative("prefill_us_per_token", prefillUsPerToken);
        notNegative("decode_us_per_step", decodeUsPerStep);
        notNegative("decode_us_per_token", decodeUsPerToken);
        notNegative("transfer_us_per_token", transferUsPerToken);
        notNegative("speedup", speedup);
        notNegative("output_tokens", outputTokens);
        if (maxWaiting < 0)
            throw new IllegalArgumentException("max_waiting %d, expected 0 or more".formatted(maxWaiting));
        if (contextLength < 2)
            throw new IllegalArgumentException("context_length %d, expected at least 2".formatted(contextLength));
        positive("blocks", Optional.of(blocks));
        positive("block_size", Optional.of(blockSize));
        positive("max_num_seqs", Optional.of(maxNumSeqs));
        positive("max_num_batched_tokens", Optional.of(maxNumBatchedTokens));
        positive("ranks", ranks);
        positive("vocab_size", vocabSize);
    }

    RankConfig rankConfig() {
        return new RankConfig(
                blocks,
                blockSize,
                maxNumSeqs,
                maxNumBatchedTokens,
                prefixCaching,
                seed,
                new Timing(prefillUsPerToken, decodeUsPerStep, decodeUsPerToken));
    }

    long transferNanos(int tokens) {
        return Math.round(tokens * transferUsPerToken * 1_000);
    }

    private static void notNegative(String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY))
            throw new IllegalArgumentException("%s %s, expected 0 or more".formatted(what, value));
    }

    private static void positive(String what, Optional<Integer> value) {
        if (value.isPresent() && value.get() < 1)
            throw new IllegalArgumentException("%s %d, expected at least 1".formatted(what, value.get()));
    }
}
