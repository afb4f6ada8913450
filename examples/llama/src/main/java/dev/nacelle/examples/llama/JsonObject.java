package dev.nacelle.examples.llama;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a model folder. Its accessors check what they return, and their messages name the file and the key. A
 * key whose value is null counts as absent.
 */
final class JsonObject {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String where;
    private final Map<?, ?> values;

    private JsonObject(String where, Map<?, ?> values) {
        this.where = where;
        this.values = values;
    }

    static JsonObject read(Path file) throws IOException {
        return parse(file.toString(), Files.readAllBytes(file));
    }

    /** Parses UTF-8 text; {@code where} stands in messages. */
    static JsonObject parse(String where, byte[] text) throws IOException {
        try (var parser = JSON.createParser(text)) {
            if (parser.nextToken() == null || !(value(parser) instanceof Map<?, ?> map) || parser.nextToken() != null)
                throw new ModelFormatException(where + " holds no JSON object");
            return new JsonObject(where, map);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new ModelFormatException(
                    "%s, line %d, column %d: %s"
                            .formatted(where, at.getLineNr(), at.getColumnNr(), e.getOriginalMessage()),
                    e);
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var map = new LinkedHashMap<String, @Nullable Object>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    var key = parser.currentName();
                    parser.nextToken();
                    map.put(key, value(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                var list = new ArrayList<@Nullable Object>();
                while (parser.nextToken() != JsonToken.END_ARRAY) list.add(value(parser));
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** The keys in the file's order. */
    Set<?> keys() {
        return values.keySet();
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    int positive(String key) throws ModelFormatException {
        var value = values.get(key);
        if (value == null) throw missing(key, "a number above 0");
        if (value instanceof Integer i && i > 0) return i;
        throw wrong(key, "a whole number above 0");
    }

    int positive(String key, int fallback) throws ModelFormatException {
        return has(key) ? positive(key) : fallback;
    }

    /** A finite number above 0. */
    double decimal(String key) throws ModelFormatException {
        var value = values.get(key);
        if (value == null) throw missing(key, "a number above 0");
        if (value instanceof Number n && n.doubleValue() > 0 && Double.isFinite(n.doubleValue()))
            return n.doubleValue();
        throw wrong(key, "a number above 0");
    }

    double decimal(String key, double fallback) throws ModelFormatException {
        return has(key) ? decimal(key) : fallback;
    }

    boolean flag(String key) throws ModelFormatException {
        var value = values.get(key);
        if (value == null) return false;
        if (value instanceof Boolean b) return b;
        throw wrong(key, "true or false");
    }

    Optional<String> text(String key) throws ModelFormatException {
        var value = values.get(key);
        if (value == null) return Optional.empty();
        if (value instanceof String s) return Optional.of(s);
        throw wrong(key, "a string");
    }

    Optional<JsonObject> object(String key) throws ModelFormatException {
        var value = values.get(key);
        if (value == null) return Optional.empty();
        if (value instanceof Map<?, ?> map) return Optional.of(new JsonObject(where + ": " + key, map));
        throw wrong(key, "an object");
    }

    /** An array, or the one value that stands in its place; empty when absent. */
    List<?> list(String key) {
        var value = values.get(key);
        if (value == null) return List.of();
        return value instanceof List<?> list ? list : List.of(value);
    }

    /** Whole numbers, none negative. */
    List<Long> longs(String key) throws ModelFormatException {
        var numbers = new ArrayList<Long>();
        for (var value : list(key)) {
            if (!(value instanceof Integer || value instanceof Long) || ((Number) value).longValue() < 0)
                throw wrong(key, "whole numbers, none negative");
            numbers.add(((Number) value).longValue());
        }
        return numbers;
    }

    ModelFormatException wrong(String key, String expected) {
        return new ModelFormatException("%s: %s is %s, expected %s".formatted(where, key, values.get(key), expected));
    }

    private ModelFormatException missing(String key, String expected) {
        return new ModelFormatException("%s: %s is missing, expected %s".formatted(where, key, expected));
    }
}
