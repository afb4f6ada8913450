package dev.nacelle.frontend.api;

import dev.nacelle.frontend.text.ChatMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a conversation. */
final class MessageReader {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");
    private static final String ROLES_EXPECTED = "one of system, developer, user, assistant, tool, function";
    private static final String CONTENT_EXPECTED = "a string or an array of text parts";

    private final BodyReader in;
    private final Map<String, Object> fields = new LinkedHashMap<>();
    private Optional<String> role = Optional.empty();
    private Optional<String> content = Optional.empty();

    private MessageReader(BodyReader in) {
        this.in = in;
    }

    static List<ChatMessage> readAll(BodyReader in) throws ApiException {
        if (!in.isArray()) throw in.wrong("an array of messages");
        var messages = new ArrayList<ChatMessage>();
        while (in.nextElement()) messages.add(new MessageReader(in).read());
        if (messages.isEmpty()) throw in.invalid("found no message, expected at least one");
        return messages;
    }

    private ChatMessage read() throws ApiException {
        if (!in.isObject()) throw in.wrong("a message: an object with role and content");
        for (var key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "role" -> readRole();
                case "content" -> readContent();
                default -> putValue(key);
            }
        }
        if (role.isEmpty()) throw missing("role", ROLES_EXPECTED);
        // An assistant that called tools or refused said nothing else.
        if (content.isEmpty() && !role.get().equals("assistant")) throw missing("content", CONTENT_EXPECTED);
        return new ChatMessage(role.get(), content.orElse(""), fields);
    }

    private void readRole() throws ApiException {
        var value = in.string(ROLES_EXPECTED);
        if (!ROLES.contains(value)) throw in.wrong(ROLES_EXPECTED);
        role = Optional.of(value);
        fields.put("role", value);
    }

    private void readContent() throws ApiException {
        if (in.isNull()) {
            putValue("content");
        } else if (in.isString()) {
            var text = in.string(CONTENT_EXPECTED);
            content = Optional.of(text);
            fields.put("content", text);
        } else if (in.isArray()) {
            readParts();
        } else {
            throw in.wrong(CONTENT_EXPECTED);
        }
    }

    /** Text parts stand below each other. */
    private void readParts() throws ApiException {
        var texts = new ArrayList<String>();
        var parts = new ArrayList<Map<String, Object>>();
        while (in.nextElement()) {
            var part = readPart();
            parts.add(part);
            texts.add((String) part.get("text"));
        }
        content = Optional.of(String.join("\n", texts));
        fields.put("content", parts);
    }

    private Map<String, Object> readPart() throws ApiException {
        if (!in.isObject()) throw in.wrong("a part: {\"type\":\"text\",\"text\":…}");
        var part = new LinkedHashMap<String, Object>();
        boolean typed = false;
        for (var key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "type" -> {
                    var expected = "\"text\": other kinds of content are not supported";
                    if (!in.string(expected).equals("text")) throw in.wrong(expected);
                    typed = true;
                    part.put(key, "text");
                }
                case "text" -> part.put(key, in.string("a string"));
                default -> put(part, key);
            }
        }
        if (!typed) throw missing("type", "\"text\"");
        if (!part.containsKey("text")) throw missing("text", "a string");
        return part;
    }

    private ApiException missing(String key, String expected) {
        var path = in.path() + "." + key;
        return new ApiException(ApiError.invalid(path, "%s: found nothing, expected %s".formatted(path, expected)));
    }

    private void putValue(String key) throws ApiException {
        put(fields, key);
    }

    /** A null of the caller's stays one. */
    @SuppressWarnings("NullAway")
    private void put(Map<String, Object> map, String key) throws ApiException {
        map.put(key, in.value());
    }
}
