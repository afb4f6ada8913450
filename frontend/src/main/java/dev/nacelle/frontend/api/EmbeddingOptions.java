package dev.nacelle.frontend.api;

import java.util.OptionalInt;

/**
 * What a caller says of the embeddings that it wants.
 *
 * @param format how they are written
 * @param dimensions how long they are to be; empty: as the model has them
 * @param addSpecialTokens whether the tokenizer adds its own to a text
 */
public record EmbeddingOptions(Format format, OptionalInt dimensions, boolean addSpecialTokens) {
    /** How a vector is written. */
    public enum Format {
        /** An array of numbers. */
        FLOAT,
        /** A string: its 32-bit floats, little-endian, in Base64. */
        BASE64
    }
}
