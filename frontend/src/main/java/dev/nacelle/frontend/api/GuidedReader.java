package dev.nacelle.frontend.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the output is held to, in whichever of its spellings: engines get one, {@code guided_decoding} with
 * {@code json}, {@code regex}, {@code choice} or {@code grammar}.
 */
final class GuidedReader {
    private static final Map<String, Object> ANY_OBJECT = Map.of("type", "object");

    private final Map<String, Object> guided = new LinkedHashMap<>();
    private String by = "";

    /** Takes the value of {@code key}, where it is one of these. */
    void read(String key, JsonAt at) throws ApiException {
        switch (key) {
            case "response_format" -> readFormat(key, at);
            case "guided_json" -> put(key, at, "json", at.value());
            case "guided_regex" -> put(key, at, "regex", at.name("a regular expression"));
            case "guided_choice" -> {
                for (var one : at.list("an array of texts")) one.name("a text");
                put(key, at, "choice", at.value());
            }
            case "guided_grammar" -> put(key, at, "grammar", at.name("a grammar"));
            case "structured_outputs" -> readStructured(key, at);
            default -> {}
        }
    }

    /** OpenAI's: in a chat beside its kind, in a response within {@code text}. */
    void readFormat(String key, JsonAt at) throws ApiException {
        at.object("an object with a type");
        switch (at.at("type").oneOf(Set.of("text", "json_object", "json_schema"))) {
            case "json_object" -> put(key, at, "json", ANY_OBJECT);
            case "json_schema" -> {
                var schema = at.at("json_schema").isNull()
                        ? at.at("schema")
                        : at.at("json_schema").at("schema");
                put(key, at, "json", schema.object("a JSON schema"));
            }
            default -> {}
        }
    }

    private void readStructured(String key, JsonAt at) throws ApiException {
        for (var entry :
                at.object("an object with json, regex, choice or grammar").entrySet()) {
            var one = at.at(entry.getKey());
            if (one.isNull()) continue;
            switch (entry.getKey()) {
                case "json", "regex", "choice", "grammar" -> put(key, one, entry.getKey(), entry.getValue());
                case "json_object" -> {
                    if (one.bool()) put(key, one, "json", ANY_OBJECT);
                }
                default -> throw one.wrong("json, regex, choice, grammar or json_object");
            }
        }
    }

    private void put(String key, JsonAt at, String kind, @Nullable Object value) throws ApiException {
        if (!by.isEmpty()) throw at.wrong("nothing beside " + by + ": an output is held to one thing");
        by = key;
        if (value != null) guided.put(kind, value);
    }

    /** Empty where the output is free. */
    Map<String, Object> guided() {
        return guided;
    }
}
