package dev.nacelle.frontend.metrics;

import java.util.Locale;

/** An endpoint of the API; the label {@code endpoint}. */
public enum HttpEndpoint {
    COMPLETIONS,
    CHAT_COMPLETIONS,
    EMBEDDINGS,
    RESPONSES;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
