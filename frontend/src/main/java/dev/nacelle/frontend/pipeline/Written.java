package dev.nacelle.frontend.pipeline;

import dev.nacelle.spi.request.Prompt;

/**
 * A prompt as engines take it.
 *
 * @param field what of the request it was made of, as {@code prompt[1]}
 * @param text what it reads as; empty where the engine makes it, or token ids were given that nobody is to see
 */
record Written(String field, Prompt prompt, String text) {
    /** 0 where the engine tokenizes by itself. */
    int tokens() {
        return prompt instanceof Prompt.Tokens(var ids) ? ids.size() : 0;
    }
}
