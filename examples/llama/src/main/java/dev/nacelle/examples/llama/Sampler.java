package dev.nacelle.examples.llama;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Chooses one sequence's tokens: penalties, then temperature, then the candidates (min_p, top_k, top_p, in this order),
 * then one random number. The numbers are the sequence's own, so that a seed gives the same tokens whatever else runs.
 */
final class Sampler {
    private final Sampling sampling;
    private final SplittableRandom random;
    /** How often each token was generated; 0 for those of the prompt alone. Empty unless there are penalties. */
    private final Map<Integer, Integer> seen = new HashMap<>();

    Sampler(Sampling sampling, int[] prompt) {
        this.sampling = sampling;
        random = sampling.seed().isPresent()
                ? new SplittableRandom(sampling.seed().getAsLong())
                : new SplittableRandom();
        if (sampling.penalises()) for (int token : prompt) seen.put(token, 0);
    }

    /**
     * The next token.
     *
     * @param logits by token; changed
     * @throws ArithmeticException when they are not numbers
     */
    int next(float[] logits) {
        if (sampling.penalises()) penalise(logits);
        int best = best(logits);
        if (!Float.isFinite(logits[best]))
            throw new ArithmeticException("the model computed a logit of " + logits[best]);
        int token = sampling.temperature() == 0 ? best : draw(logits, logits[best]);
        if (sampling.penalises()) seen.merge(token, 1, Integer::sum);
        return token;
    }

    private void penalise(float[] logits) {
        seen.forEach((token, times) -> {
            double logit = logits[token];
            logit = logit > 0 ? logit / sampling.repetition() : logit * sampling.repetition();
            if (times > 0) logit -= sampling.presence() + sampling.frequency() * times;
            logits[token] = (float) logit;
        });
    }

    /** The token of the greatest logit, the first of several; NaN counts as the greatest. */
    private static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) if (Float.compare(logits[i], logits[best]) > 0) best = i;
        return best;
    }

    private int draw(float[] logits, float max) {
        var candidates = candidates(logits, max);
        int count = Math.min(candidates.length, sampling.topK());
        var sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
            sums[i] = sum += Math.exp((logits[candidates[i]] - max) / sampling.temperature());
        if (sampling.topP() < 1) {
            // Up to and with the candidate that completes the share.
            int last = 0;
            while (sums[last] < sampling.topP() * sum) last++;
            count = last + 1;
        }
        double point = random.nextDouble() * sums[count - 1];
        int i = 0;
        while (i < count - 1 && sums[i] <= point) i++;
        return candidates[i];
    }

    /** What min_p leaves; the likeliest first if the order matters, else by id. */
    private int[] candidates(float[] logits, float max) {
        double least = max + sampling.temperature() * Math.log(sampling.minP());
        // Sorts by falling logit, then by id.
        var keys = new long[logits.length];
        int count = 0;
        for (int i = 0; i < logits.length; i++)
            if (logits[i] >= least && logits[i] > Float.NEGATIVE_INFINITY) keys[count++] = fallingOrder(logits[i]) | i;
        if (sampling.topP() < 1 || sampling.topK() < count) Arrays.sort(keys, 0, count);
        return Arrays.stream(keys, 0, count).mapToInt(key -> (int) key).toArray();
    }

    /** The upper half of a number that is smaller the greater {@code value} is. */
    private static long fallingOrder(float value) {
        int bits = Float.floatToIntBits(value);
        int rising = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return (long) ~rising << 32;
    }
}
