package dev.nacelle.frontend.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A view of a JSON object for readers that take what is there and of the right type, and leave the rest. */
public record JsonObject(Map<String, Object> values) {
    public static final JsonObject EMPTY = new JsonObject(Map.of());

    public JsonObject {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The object that {@code value} is, or an empty one. */
    @SuppressWarnings("unchecked") // JsonValues makes maps with string keys only
    public static JsonObject of(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? new JsonObject((Map<String, Object>) map) : EMPTY;
    }

    public Optional<String> string(String key) {
        return values.get(key) instanceof String value ? Optional.of(value) : Optional.empty();
    }

    public Optional<Long> integer(String key) {
        return values.get(key) instanceof Long value ? Optional.of(value) : Optional.empty();
    }

    public Optional<Boolean> bool(String key) {
        return values.get(key) instanceof Boolean value ? Optional.of(value) : Optional.empty();
    }

    public JsonObject object(String key) {
        return values.get(key) instanceof Map<?, ?> map ? of(map) : EMPTY;
    }

    public List<?> list(String key) {
        return values.get(key) instanceof List<?> list ? list : List.of();
    }
}
