package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.api.ChatOptions;
import dev.nacelle.frontend.api.EmbeddingOptions;
import dev.nacelle.frontend.api.RequestOptions;
import dev.nacelle.frontend.text.ChatMessage;
import dev.nacelle.spi.request.Prompt;
import java.util.List;
import java.util.Map;

/** What a caller asked for. */
sealed interface Asked {
    RequestOptions options();

    /**
     * To answer a conversation.
     *
     * @param said what the response repeats of the request (JSON-like)
     */
    record Chat(List<ChatMessage> messages, ChatOptions chat, RequestOptions options, Map<String, Object> said)
            implements Asked {}

    /** To continue prompts. */
    record Completion(List<Prompt> prompts, RequestOptions options) implements Asked {}

    /** To embed texts. */
    record Embedding(List<Prompt> inputs, EmbeddingOptions embedding, RequestOptions options) implements Asked {}
}
