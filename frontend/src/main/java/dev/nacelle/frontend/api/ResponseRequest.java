package dev.nacelle.frontend.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The body of {@code POST /v1/responses}: a conversation in other words, and what of it the response repeats.
 *
 * @param said parameters as they came, by name (JSON-like)
 */
public record ResponseRequest(ChatRequest chat, Map<String, Object> said) {
    public ResponseRequest {
        said = Collections.unmodifiableMap(new LinkedHashMap<>(said));
    }
}
