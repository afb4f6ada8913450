package dev.nacelle.frontend.template;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.nacelle.frontend.json.JsonObject;
import dev.nacelle.frontend.json.JsonValues;
import dev.nacelle.frontend.text.ChatMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages as templates expect them, where OpenAI's API writes the same another way. Everything else stays as it came.
 *
 * @param source the template
 * @param takesParts whether it goes through the parts of a message's content by itself
 */
record TemplateMessages(String source, boolean takesParts) {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(64).build())
            .build();

    List<Map<String, Object>> of(List<ChatMessage> messages) {
        return messages.stream().map(this::of).toList();
    }

    private Map<String, Object> of(ChatMessage message) {
        var fields = message.fields();
        boolean joins = !takesParts && fields.get("content") instanceof List<?>;
        // OpenAI's newer name for the same role, which few templates know.
        boolean renames = message.role().equals("developer") && !source.contains("developer");
        var calls = JsonObject.of(fields).list("tool_calls");
        if (!joins && !renames && calls.isEmpty()) return fields;
        var changed = new LinkedHashMap<>(fields);
        if (joins) changed.put("content", message.content());
        if (renames) changed.put("role", "system");
        if (!calls.isEmpty()) changed.put("tool_calls", toolCalls(calls));
        return changed;
    }

    /** Templates print arguments as the objects that they are; OpenAI's API has them as texts of JSON. */
    private static List<Object> toolCalls(List<?> calls) {
        var changed = new ArrayList<Object>();
        for (var call : calls) {
            var copy = new LinkedHashMap<>(JsonObject.of(call).values());
            if (copy.get("function") instanceof Map<?, ?> function) {
                var called = new LinkedHashMap<>(JsonObject.of(function).values());
                if (called.get("arguments") instanceof String text) called.put("arguments", objectOrText(text));
                copy.put("function", called);
            }
            changed.add(copy);
        }
        return changed;
    }

    private static Object objectOrText(String text) {
        if (text.isBlank()) return Map.of();
        try (var parser = JSON.createParser(text)) {
            parser.nextToken();
            if (JsonValues.read(parser) instanceof Map<?, ?> map && parser.nextToken() == null) return map;
            return text;
        } catch (IOException _) {
            return text; // the model's own mistake, which it is to see
        }
    }
}
