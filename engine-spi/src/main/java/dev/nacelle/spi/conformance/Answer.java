package dev.nacelle.spi.conformance;

import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.TokenLogProb;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a stream emitted.
 *
 * @param output the first choice: token ids and pieces of text, in order
 * @param tokens how many tokens, over all choices
 * @param text whether any item carried text
 * @param choices the choices that got an item
 * @param logProbs log-probabilities, in order
 * @param embeddings in order
 */
record Answer(
        List<Object> output,
        int tokens,
        boolean text,
        Set<Integer> choices,
        List<TokenLogProb> logProbs,
        List<Embedding> embeddings) {
    /** Enough for any check; an engine that never stops does not fill the memory. */
    private static final int MOST_KEPT = 100_000;

    static final class Builder {
        private final List<Object> output = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private final Set<Integer> choices = new TreeSet<>();
        private final List<TokenLogProb> logProbs = new ArrayList<>();
        private final List<Embedding> embeddings = new ArrayList<>();
        private int tokens;

        void token(int id) {
            tokens++;
            choices.add(0);
            if (output.size() < MOST_KEPT) output.add(id);
        }

        void emit(Chunk chunk) {
            choices.add(chunk.index());
            if (chunk.index() == 0 && output.size() < MOST_KEPT)
                chunk.tokens().stream().forEach(output::add);
            tokens += chunk.tokens().size();
            if (text.length() < MOST_KEPT) chunk.text().ifPresent(text::append);
            if (logProbs.size() < MOST_KEPT) logProbs.addAll(chunk.logProbs());
            if (embeddings.size() < MOST_KEPT) chunk.embedding().ifPresent(embeddings::add);
        }

        int tokens() {
            return tokens;
        }

        Answer build() {
            var all = new ArrayList<>(output);
            if (!text.isEmpty()) all.add(text.toString()); // whole, as its pieces may be cut anywhere
            return new Answer(
                    List.copyOf(all),
                    tokens,
                    !text.isEmpty(),
                    Set.copyOf(choices),
                    List.copyOf(logProbs),
                    List.copyOf(embeddings));
        }
    }

    /** The first choice's tokens. */
    List<Integer> tokenIds() {
        return output.stream()
                .filter(Integer.class::isInstance)
                .map(Integer.class::cast)
                .toList();
    }

    /** For a sentence: the first few of the output. */
    String shown() {
        return output.size() <= 8 ? output.toString() : "%s… (%d)".formatted(output.subList(0, 8), output.size());
    }
}
