package dev.nacelle.examples.simulated.core;

/**
 * How long a step takes: {@code prefill × prompt tokens}, plus {@code step + token × sequences} when any sequence
 * decodes. Prefill is bound by arithmetic and so linear in its tokens; a decode step reads all weights once, whatever
 * the batch, and each sequence adds a little.
 *
 * @param prefillUsPerToken microseconds for each prompt token that is computed
 * @param decodeUsPerStep microseconds for each step in which at least one sequence decodes
 * @param decodeUsPerToken microseconds for each sequence that decodes in it
 */
public record Timing(double prefillUsPerToken, double decodeUsPerStep, double decodeUsPerToken) {
    public Timing {
        notNegative("prefill_us_per_token", prefillUsPerToken);
        notNegative("decode_us_per_step", decodeUsPerStep);
        notNegative("decode_us_per_token", decodeUsPerToken);
    }

    /** The duration of a step, in nanoseconds. */
    public long stepNanos(int prefillTokens, int decodingSequences) {
        double us = prefillTokens * prefillUsPerToken;
        if (decodingSequences > 0) us += decodeUsPerStep + decodingSequences * decodeUsPerToken;
        return Math.round(us * 1_000);
    }

    private static void notNegative(String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY))
            throw new IllegalArgumentException("%s %s, expected 0 or more".formatted(what, value));
    }
}
