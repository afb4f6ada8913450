package dev.nacelle.spi;

/** What an engine takes and gives. */
public enum ModelInput {
    /** Token ids: the frontend tokenizes and detokenizes. */
    TOKENS,
    /** Text: the engine does it by itself. */
    TEXT
}
