package dev.nacelle.examples.echo;

import dev.nacelle.spi.config.Setting;
import java.util.Optional;

/** The options of {@code engine: echo}. */
public record EchoOptions(
        @Setting(
                value = "Steps a second, each one token per stream; 0 for as many as are read",
                byDefault = "0",
                min = 0)
        double rate,

        @Setting(value = "Tokens of prompt and completion together", byDefault = "16384", min = 2)
        int contextLength,

        @Setting(value = "Streams at a time per data-parallel rank; one more is refused", byDefault = "4096", min = 1)
        int maxNumSeqs,

        @Setting("Token that ends a text; without a model it is the byte tokenizer's 257")
        Optional<Integer> eosTokenId) {
    /** What holds where nothing is configured. */
    public static final EchoOptions DEFAULT = new EchoOptions(0, 16_384, 4_096, Optional.empty());

    public EchoOptions {
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY))
            throw new IllegalArgumentException("rate %s, expected 0 or more steps a second".formatted(rate));
        if (contextLength < 2)
            throw new IllegalArgumentException("context_length %d, expected at least 2".formatted(contextLength));
        if (maxNumSeqs < 1)
            throw new IllegalArgumentException("max_num_seqs %d, expected at least 1".formatted(maxNumSeqs));
    }

    public EchoOptions withRate(double stepsPerSecond) {
        return new EchoOptions(stepsPerSecond, contextLength, maxNumSeqs, eosTokenId);
    }
}
