package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.parser.Dialect;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;

/**
 * A request as the engine gets it, and what of it the response's rendering has to know.
 *
 * @param prompt its text; empty where the engine makes it, or token ids were given
 * @param expected what the output consists of
 */
record Prepared(GenerateRequest request, String prompt, Dialect.Expected expected) {
    /** 0 where the engine tokenizes by itself. */
    int promptTokens() {
        return request.prompt() instanceof Prompt.Tokens(var tokens) ? tokens.size() : 0;
    }
}
