package dev.nacelle.spi.request;

import java.util.OptionalInt;

/**
 * What comes back besides tokens.
 *
 * @param logProbs candidates to report per generated token (0: the token's own log-probability alone); empty for none
 * @param promptLogProbs the same for the prompt's tokens
 * @param skipSpecialTokens leave special tokens out of the text
 */
public record OutputOptions(OptionalInt logProbs, OptionalInt promptLogProbs, boolean skipSpecialTokens) {
    public static final OutputOptions DEFAULT = new OutputOptions(OptionalInt.empty(), OptionalInt.empty(), true);
}
