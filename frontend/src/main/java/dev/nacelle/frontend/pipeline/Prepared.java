package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.parser.Dialect;
import dev.nacelle.spi.request.GenerateRequest;
import java.util.List;

/**
 * What goes to engines, and what of it the response's rendering has to know.
 *
 * @param prompts at least one
 * @param parts the engines' requests, whose choices one after the other are the response's: those of the first prompt first
 * @param expected what the output consists of
 */
record Prepared(List<Written> prompts, List<Part> parts, Dialect.Expected expected) {
    Prepared {
        prompts = List.copyOf(prompts);
        parts = List.copyOf(parts);
    }

    /**
     * One request to an engine.
     *
     * @param promptTokens 0 where the engine tokenizes by itself
     * @param isFirst whether it is its prompt's first, which counts the prompt's tokens
     */
    record Part(GenerateRequest request, int promptTokens, boolean isFirst) {
        int choices() {
            return request.sampling().n();
        }
    }

    /** Of all prompts. */
    int promptTokens() {
        return prompts.stream().mapToInt(Written::tokens).sum();
    }
}
