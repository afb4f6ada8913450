package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.Prompt;

/**
 * The body of {@code POST /v1/completions}.
 *
 * @param prompt a text or token ids, not empty; ids are not negative, but not compared with any vocabulary
 */
public record CompletionRequest(Prompt prompt, RequestOptions options) {}
