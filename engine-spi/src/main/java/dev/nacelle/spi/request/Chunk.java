package dev.nacelle.spi.request;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One item of a response that says more than token ids: text, log-probabilities, a choice other than the first, an
 * embedding, a hand-off. Engines that only make tokens call {@link ResponseSink#token} instead and allocate nothing.
 *
 * @param index the choice, 0 for the first
 * @param tokens generated token ids; may be empty, may be many
 * @param text generated text, for engines that declared {@code ModelInput.TEXT}
 * @param logProbs one per token, or empty
 * @param embedding the prompt's vector, for {@link Task#EMBED}
 * @param handoff what a decode worker needs of this prefill (JSON-like: maps, lists, strings, numbers, booleans, null)
 * @param engineData engine-specific data, passed through (JSON-like)
 */
public record Chunk(
        int index,
        TokenIds tokens,
        Optional<String> text,
        List<TokenLogProb> logProbs,
        Optional<Embedding> embedding,
        Map<String, Object> handoff,
        Map<String, Object> engineData) {
    public Chunk {
        if (index < 0) throw new IllegalArgumentException("choice index %d, expected 0 or more".formatted(index));
        if (!logProbs.isEmpty() && logProbs.size() != tokens.size())
            throw new IllegalArgumentException(
                    "%d log-probabilities for %d tokens, expected one each".formatted(logProbs.size(), tokens.size()));
        logProbs = List.copyOf(logProbs);
        handoff = Json.frozen(handoff);
        engineData = Json.frozen(engineData);
    }

    public static Chunk ofTokens(int... ids) {
        return new Chunk(0, TokenIds.of(ids), Optional.empty(), List.of(), Optional.empty(), Map.of(), Map.of());
    }

    public static Chunk ofText(String text) {
        return new Chunk(0, TokenIds.NONE, Optional.of(text), List.of(), Optional.empty(), Map.of(), Map.of());
    }

    /** The answer to a request for an embedding. */
    public static Chunk ofEmbedding(float... values) {
        return new Chunk(
                0, TokenIds.NONE, Optional.empty(), List.of(), Optional.of(Embedding.of(values)), Map.of(), Map.of());
    }

    /** Tokens of the first choice with their log-probabilities. */
    public static Chunk ofLogProbs(List<TokenLogProb> logProbs) {
        var ids = TokenIds.of(logProbs.stream().mapToInt(TokenLogProb::tokenId).toArray());
        return new Chunk(0, ids, Optional.empty(), logProbs, Optional.empty(), Map.of(), Map.of());
    }
}
