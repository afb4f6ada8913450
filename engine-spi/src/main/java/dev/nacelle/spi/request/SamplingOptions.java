package dev.nacelle.spi.request;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How the next token is chosen. What is empty was left open by the caller; the engine uses its own default.
 *
 * @param temperature 0 (greedy) to 2
 * @param topP nucleus mass, above 0 and at most 1
 * @param topK number of candidates, at least 1; -1 for all
 * @param minP least probability relative to the best, 0 to 1
 * @param presencePenalty -2 to 2
 * @param frequencyPenalty -2 to 2
 * @param repetitionPenalty above 0; 1 changes nothing
 * @param seed makes sampling repeatable
 * @param n choices to make, at least 1
 * @param extras what the caller gave beyond these: logit_bias, guided_decoding, … (JSON-like)
 */
public record SamplingOptions(
        OptionalDouble temperature,
        OptionalDouble topP,
        OptionalInt topK,
        OptionalDouble minP,
        OptionalDouble presencePenalty,
        OptionalDouble frequencyPenalty,
        OptionalDouble repetitionPenalty,
        OptionalLong seed,
        int n,
        Map<String, Object> extras) {
    /** Everything left open, one choice. */
    public static final SamplingOptions DEFAULT = new SamplingOptions(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalLong.empty(),
            1,
            Map.of());

    public SamplingOptions {
        if (n < 1) throw new IllegalArgumentException("n %d, expected at least 1".formatted(n));
        extras = Json.frozen(extras);
    }

    /** Greedy decoding of one choice. */
    public static SamplingOptions greedy() {
        return DEFAULT.withTemperature(0);
    }

    public SamplingOptions withTemperature(double value) {
        return new SamplingOptions(
                OptionalDouble.of(value),
                topP,
                topK,
                minP,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                seed,
                n,
                extras);
    }

    public SamplingOptions withTopP(double value) {
        return new SamplingOptions(
                temperature,
                OptionalDouble.of(value),
                topK,
                minP,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                seed,
                n,
                extras);
    }

    public SamplingOptions withN(int value) {
        return new SamplingOptions(
                temperature,
                topP,
                topK,
                minP,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                seed,
                value,
                extras);
    }

    public SamplingOptions withSeed(long value) {
        return new SamplingOptions(
                temperature,
                topP,
                topK,
                minP,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                OptionalLong.of(value),
                n,
                extras);
    }
}
