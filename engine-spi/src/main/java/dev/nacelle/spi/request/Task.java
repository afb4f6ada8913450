package dev.nacelle.spi.request;

import java.util.Locale;

/** What a request asks an engine for. */
public enum Task {
    /** What follows the prompt: tokens, or text. */
    GENERATE,
    /**
     * A vector for the prompt: one item with {@link Chunk#embedding}, then {@link FinishReason#STOP}. Reaches only engines
     * that declare {@code Capability.EMBEDDINGS} or {@code EMBEDDINGS_ONLY}. Sampling and stop conditions say nothing, and
     * {@code maxTokens} is empty.
     */
    EMBED;

    /** The name used on the wire: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
