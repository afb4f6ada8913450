package dev.nacelle.examples.llama;

import dev.nacelle.spi.request.TokenLogProb;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Log-probabilities as the model gave them: before temperature, penalties and the choice of candidates. */
final class LogProbs {
    private LogProbs() {}

    /** The token's own, and those of the {@code count} likeliest tokens. */
    static TokenLogProb of(float[] logits, int token, int count) {
        double normaliser = logSumExp(logits);
        var top = likeliest(logits, count).stream()
                .map(id -> new TokenLogProb.Candidate(id, Math.min(0, logits[id] - normaliser)))
                .toList();
        return new TokenLogProb(token, Math.min(0, logits[token] - normaliser), top);
    }

    private static double logSumExp(float[] logits) {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) max = Math.max(max, logit);
        double sum = 0;
        for (float logit : logits) sum += Math.exp(logit - max);
        return max + Math.log(sum);
    }

    /** The best first. */
    private static List<Integer> likeliest(float[] logits, int count) {
        if (count == 0) return List.of();
        var worstFirst = new PriorityQueue<Integer>(Comparator.comparingDouble(id -> logits[id]));
        for (int id = 0; id < logits.length; id++) {
            if (worstFirst.size() == count && logits[id] <= logits[worstFirst.element()]) continue;
            worstFirst.add(id);
            if (worstFirst.size() > count) worstFirst.remove();
        }
        return worstFirst.stream()
                .sorted(Comparator.<Integer>comparingDouble(id -> -logits[id]).thenComparing(id -> id))
                .toList();
    }
}
