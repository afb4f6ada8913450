package dev.nacelle.frontend.api;

import dev.nacelle.frontend.text.ChatMessage;
import java.util.List;

/**
 * The body of {@code POST /v1/chat/completions}.
 *
 * @param messages at least one
 */
public record ChatRequest(List<ChatMessage> messages, ChatOptions chat, RequestOptions options) {
    public ChatRequest {
        messages = List.copyOf(messages);
    }
}
