package dev.nacelle.spi.request;

/**
 * What a request consumed, in tokens.
 *
 * @param promptTokens tokens of the prompt
 * @param completionTokens tokens generated, over all choices
 * @param cachedTokens tokens of the prompt that a prefix cache already held; at most {@code promptTokens}
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens) {
    public Usage {
        if (promptTokens < 0 || completionTokens < 0 || cachedTokens < 0 || cachedTokens > promptTokens)
            throw new IllegalArgumentException(
                    "usage of %d prompt, %d completion and %d cached tokens, expected none negative and cached within the prompt"
                            .formatted(promptTokens, completionTokens, cachedTokens));
    }

    public Usage(int promptTokens, int completionTokens) {
        this(promptTokens, completionTokens, 0);
    }
}
