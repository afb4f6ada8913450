package dev.nacelle.spi.request;

import java.util.List;
import java.util.OptionalInt;

/**
 * When a response ends.
 *
 * @param maxTokens most tokens to generate, at least 1; the frontend fills it in but for embeddings
 * @param minTokens tokens to generate before an end-of-text or stop token counts
 * @param stopTokenIds ids that end the response besides the model's own end of text
 * @param stopStrings texts that end the response. The frontend matches them itself for token engines; an engine with
 *     {@code ModelInput.TEXT} may match them too.
 * @param ignoreEos go on past the model's end of text
 */
public record StopConditions(
        OptionalInt maxTokens, int minTokens, TokenIds stopTokenIds, List<String> stopStrings, boolean ignoreEos) {
    /** Nothing ends the response but the engine. */
    public static final StopConditions NONE =
            new StopConditions(OptionalInt.empty(), 0, TokenIds.NONE, List.of(), false);

    public StopConditions {
        if (maxTokens.isPresent() && maxTokens.getAsInt() < 1)
            throw new IllegalArgumentException("max_tokens %d, expected at least 1".formatted(maxTokens.getAsInt()));
        if (minTokens < 0) throw new IllegalArgumentException("min_tokens %d, expected 0 or more".formatted(minTokens));
        stopStrings = List.copyOf(stopStrings);
    }

    /**
     * Whether a chosen token ends the response: one of {@link #stopTokenIds}, with {@link #minTokens} already out. The
     * model's own end of text is the engine's to know.
     *
     * @param emitted tokens emitted before it
     */
    public boolean endsAt(int token, int emitted) {
        return emitted >= minTokens && stopTokenIds.contains(token);
    }

    public static StopConditions maxTokens(int count) {
        return new StopConditions(OptionalInt.of(count), 0, TokenIds.NONE, List.of(), false);
    }
}
