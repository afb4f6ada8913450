package dev.nacelle.frontend.pipeline;

import dev.nacelle.spi.request.TokenLogProb;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which of the choices that were made are shown: of each prompt's the likeliest, by the sum of their tokens'
 * log-probabilities, the likeliest first.
 *
 * @param made choices of a prompt
 * @param shown how many of them the caller wants
 */
record BestOf(int made, int shown) {
    /** Numbers of the choices, in the order of the response. */
    List<Integer> chosen(List<List<TokenLogProb>> logProbs) {
        var all = IntStream.range(0, logProbs.size()).boxed().toList();
        if (made == shown) return all;
        var chosen = new ArrayList<Integer>();
        for (int first = 0; first < all.size(); first += made)
            all.subList(first, first + made).stream()
                    .sorted(Comparator.comparingDouble((Integer i) -> sum(logProbs.get(i)))
                            .reversed()) // which keeps the order of equal ones
                    .limit(shown)
                    .forEach(chosen::add);
        return chosen;
    }

    private static double sum(List<TokenLogProb> tokens) {
        return tokens.stream().mapToDouble(TokenLogProb::logProb).sum();
    }
}
