package dev.nacelle.frontend.metrics;

import java.util.Locale;

/** What a tokenizer does; the label {@code operation}. */
public enum TokenizerOperation {
    TOKENIZE,
    DETOKENIZE;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
