package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.Prompt;
import java.util.List;

/**
 * The body of {@code POST /v1/completions}.
 *
 * @param prompts at least one, each a text or token ids, not empty; ids are not negative, but not compared with any
 *     vocabulary
 */
public record CompletionRequest(List<Prompt> prompts, RequestOptions options) {
    public CompletionRequest {
        prompts = List.copyOf(prompts);
    }
}
