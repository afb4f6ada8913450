package dev.nacelle.spi.request;

import java.util.Locale;

/** Why a stream ended. */
public enum FinishReason {
    /** A stop token, a stop string or the model's end of text. */
    STOP,
    /** {@code max_tokens} or the end of the context. */
    LENGTH,
    /** The caller gave the request up. */
    CANCELLED,
    CONTENT_FILTER,
    TOOL_CALLS,
    /** The engine could not go on; a thrown {@code EngineException} says more and is preferred. */
    ERROR;

    /** The name used on the wire: lower case with underscores. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
