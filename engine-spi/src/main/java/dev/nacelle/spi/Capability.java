package dev.nacelle.spi;

/** What an engine can do beyond plain generation; a request for anything else is refused before it reaches it. */
public enum Capability {
    LOG_PROBABILITIES,
    PROMPT_LOG_PROBABILITIES,
    GUIDED_DECODING,
    /** Embeddings beside text ({@code Task.EMBED}). */
    EMBEDDINGS,
    /** Embeddings and nothing else: no request for text reaches the engine. */
    EMBEDDINGS_ONLY,
    /** Several choices in one request. */
    MULTIPLE_CHOICES,
    LOGIT_BIAS
}
