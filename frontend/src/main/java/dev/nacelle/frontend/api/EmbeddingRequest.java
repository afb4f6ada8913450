package dev.nacelle.frontend.api;

import dev.nacelle.spi.request.Prompt;
import java.util.List;

/**
 * The body of {@code POST /v1/embeddings}.
 *
 * @param inputs at least one, each a text or token ids, not empty; ids are not compared with any vocabulary
 * @param options what is about text in them is left open
 */
public record EmbeddingRequest(List<Prompt> inputs, EmbeddingOptions embedding, RequestOptions options) {
    public EmbeddingRequest {
        inputs = List.copyOf(inputs);
    }
}
