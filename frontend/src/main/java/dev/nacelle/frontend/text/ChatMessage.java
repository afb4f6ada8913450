package dev.nacelle.frontend.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One message of a conversation.
 *
 * @param role {@code system}, {@code user}, {@code assistant}, …
 * @param content its text; empty where the caller gave none
 * @param fields the whole message as it came (JSON-like), role and content included: what a template gets to see
 */
public record ChatMessage(String role, String content, Map<String, Object> fields) {
    public ChatMessage {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** A message of nothing but role and text. */
    public static ChatMessage of(String role, String content) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("role", role);
        fields.put("content", content);
        return new ChatMessage(role, content, fields);
    }
}
