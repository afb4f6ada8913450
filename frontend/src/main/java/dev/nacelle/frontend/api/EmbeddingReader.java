package dev.nacelle.frontend.api;

import java.util.OptionalInt;
import java.util.Set;

/** Collects what {@code /v1/embeddings} has besides its input. */
final class EmbeddingReader {
    /** OpenAI's bound. */
    static final int INPUTS_MAX = 2048;

    private static final int DIMENSIONS_MAX = 1 << 20;

    private EmbeddingOptions.Format format = EmbeddingOptions.Format.FLOAT;
    private OptionalInt dimensions = OptionalInt.empty();
    private boolean addSpecialTokens = true;

    /** Takes the value of {@code key}. @return whether it is nothing for the engine any more */
    boolean read(String key, JsonAt at) throws ApiException {
        switch (key) {
            case "encoding_format" ->
                format = at.oneOf(Set.of("float", "base64")).equals("float")
                        ? EmbeddingOptions.Format.FLOAT
                        : EmbeddingOptions.Format.BASE64;
            case "add_special_tokens" -> addSpecialTokens = at.bool();
            case "dimensions" -> {
                dimensions = OptionalInt.of(
                        (int) at.integer(1, DIMENSIONS_MAX, "a whole number from 1 to %d".formatted(DIMENSIONS_MAX)));
                return false; // it is the engine that makes them as long as that
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    EmbeddingOptions options() {
        return new EmbeddingOptions(format, dimensions, addSpecialTokens);
    }
}
