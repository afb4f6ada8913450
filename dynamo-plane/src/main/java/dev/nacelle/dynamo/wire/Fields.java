package dev.nacelle.dynamo.wire;

import dev.nacelle.spi.request.TokenIds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, each taken once; what is left in the end is what nobody knew. A null counts as absent. A
 * field of the wrong kind is an {@link IllegalArgumentException} that names it.
 */
final class Fields {
    private final String prefix;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** @param prefix what comes before a field's name in messages; empty or ending in a dot */
    Fields(String prefix, Map<String, ? extends @Nullable Object> object) {
        this.prefix = prefix;
        object.forEach((name, value) -> {
            if (value != null) fields.put(name, value);
        });
    }

    /** The fields of an object in this one; none when it is absent. */
    Fields object(String name) {
        return new Fields(prefix + name + ".", map(name));
    }

    @SuppressWarnings("unchecked") // JSON's keys are strings
    Map<String, Object> map(String name) {
        var value = fields.remove(name);
        if (value == null) return Map.of();
        if (value instanceof Map<?, ?> map) return (Map<String, Object>) map;
        throw wrong(name, value, "an object");
    }

    Optional<String> text(String name) {
        var value = fields.remove(name);
        if (value == null) return Optional.empty();
        if (value instanceof String text) return Optional.of(text);
        throw wrong(name, value, "text");
    }

    boolean flag(String name, boolean byDefault) {
        var value = fields.remove(name);
        if (value == null) return byDefault;
        if (value instanceof Boolean flag) return flag;
        throw wrong(name, value, "true or false");
    }

    OptionalDouble number(String name) {
        var value = fields.remove(name);
        if (value == null) return OptionalDouble.empty();
        if (value instanceof Number number) return OptionalDouble.of(number.doubleValue());
        throw wrong(name, value, "a number");
    }

    OptionalLong integer(String name) {
        var value = fields.remove(name);
        return switch (value) {
            case null -> OptionalLong.empty();
            case Integer number -> OptionalLong.of(number);
            case Long number -> OptionalLong.of(number);
            default -> throw wrong(name, value, "an integer");
        };
    }

    /** An integer that fits 32 bits; a larger one is taken for the largest. */
    OptionalInt count(String name) {
        var value = integer(name);
        return value.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(Math.clamp(value.getAsLong(), Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    /** One text or a list of them. */
    List<String> texts(String name) {
        var value = fields.remove(name);
        return switch (value) {
            case null -> List.of();
            case String one -> List.of(one);
            case List<?> list ->
                list.stream()
                        .map(each -> {
                            if (each instanceof String text) return text;
                            throw wrong(name, each, "text");
                        })
                        .toList();
            default -> throw wrong(name, value, "text or a list of it");
        };
    }

    /** A list of objects. */
    @SuppressWarnings("unchecked") // JSON's keys are strings
    List<Map<String, Object>> objects(String name) {
        var value = fields.remove(name);
        if (!(value instanceof List<?> list)) throw wrong(name, value, "a list of objects");
        var objects = new ArrayList<Map<String, Object>>();
        for (var each : list) {
            if (!(each instanceof Map<?, ?> object)) throw wrong(name, each, "an object");
            objects.add((Map<String, Object>) object);
        }
        return objects;
    }

    /** The ids of all these lists. */
    TokenIds ids(String... names) {
        var all = new ArrayList<Integer>();
        for (var name : names) {
            var value = fields.remove(name);
            if (value == null) continue;
            if (!(value instanceof List<?> list)) throw wrong(name, value, "a list of token ids");
            for (var each : list) {
                if (!(each instanceof Integer id)) throw wrong(name, each, "a token id");
                if (!all.contains(id)) all.add(id);
            }
        }
        return TokenIds.of(all.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Moves a field that nobody here reads to where it is passed on. */
    void pass(String name, Map<String, Object> to) {
        var value = fields.remove(name);
        if (value != null) to.put(name, value);
    }

    /** What has not been taken, in order. */
    Map<String, Object> rest() {
        return fields;
    }

    private IllegalArgumentException wrong(String name, @Nullable Object found, String expected) {
        var what = found == null ? "null" : found.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        return new IllegalArgumentException("%s%s: found %s, expected %s".formatted(prefix, name, what, expected));
    }
}
