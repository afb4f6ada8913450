package dev.nacelle.examples.llama;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.SamplingOptions;
import java.util.OptionalLong;

/**
 * How one request chooses its tokens, with every default filled in and every value checked.
 *
 * @param temperature 0 for the likeliest token always
 * @param topP share of the probability that the candidates make up, above 0 to 1
 * @param topK candidates at most
 * @param minP least probability of a candidate, as a share of the likeliest one's
 * @param repetition divides (or multiplies, if negative) the logits of all tokens seen so far; 1 changes nothing
 * @param presence taken off the logit of each token generated so far
 * @param frequency taken off once for each time
 */
record Sampling(
        double temperature,
        double topP,
        int topK,
        double minP,
        double repetition,
        double presence,
        double frequency,
        OptionalLong seed) {

    static Sampling of(SamplingOptions options) throws EngineException {
        if (options.n() != 1)
            throw EngineException.invalid("n is %d, and this engine makes one choice".formatted(options.n()));
        int topK = options.topK().orElse(-1);
        if (topK < -1) throw EngineException.invalid("top_k is %d, expected 1 or more, or -1 for all".formatted(topK));
        double topP = options.topP().orElse(1);
        if (!(topP > 0)) throw EngineException.invalid("top_p is %s, expected above 0".formatted(topP));
        double repetition = options.repetitionPenalty().orElse(1);
        if (!(repetition > 0))
            throw EngineException.invalid("repetition_penalty is %s, expected above 0".formatted(repetition));
        return new Sampling(
                within("temperature", options.temperature().orElse(1), 0, 100),
                within("top_p", topP, 0, 1),
                topK < 1 ? Integer.MAX_VALUE : topK,
                within("min_p", options.minP().orElse(0), 0, 1),
                within("repetition_penalty", repetition, 0, 100),
                within("presence_penalty", options.presencePenalty().orElse(0), -100, 100),
                within("frequency_penalty", options.frequencyPenalty().orElse(0), -100, 100),
                options.seed());
    }

    /** Also false for NaN. */
    private static double within(String name, double value, double min, double max) throws EngineException {
        if (value >= min && value <= max) return value;
        throw EngineException.invalid("%s is %s, expected %s to %s".formatted(name, value, min, max));
    }

    boolean penalises() {
        return repetition != 1 || presence != 0 || frequency != 0;
    }
}
