package dev.nacelle.frontend.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value that was read from a body, and where it stood. Whatever is not as expected becomes an {@link ApiException} that
 * names the place.
 *
 * @param path as {@code tools[0].function}
 * @param value a map, list, string, number, boolean or null
 */
record JsonAt(String path, @Nullable Object value) {
    boolean isNull() {
        return value == null;
    }

    boolean isString() {
        return value instanceof String;
    }

    String string(String expected) throws ApiException {
        if (value instanceof String text) return text;
        throw wrong(expected);
    }

    /** A string that is not empty. */
    String name(String expected) throws ApiException {
        var text = string(expected);
        if (text.isEmpty()) throw wrong(expected);
        return text;
    }

    String oneOf(Set<String> allowed) throws ApiException {
        var expected = "one of " + String.join(", ", allowed.stream().sorted().toList());
        var text = string(expected);
        if (!allowed.contains(text)) throw wrong(expected);
        return text;
    }

    boolean bool() throws ApiException {
        if (value instanceof Boolean flag) return flag;
        throw wrong("true or false");
    }

    long integer(long min, long max, String expected) throws ApiException {
        if (value instanceof Long number && number >= min && number <= max) return number;
        throw wrong(expected);
    }

    double number(double min, double max, String expected) throws ApiException {
        if (value instanceof Number number && number.doubleValue() >= min && number.doubleValue() <= max)
            return number.doubleValue();
        throw wrong(expected);
    }

    /** The object's value. */
    @SuppressWarnings("unchecked") // JSON's keys are strings
    Map<String, Object> object(String expected) throws ApiException {
        if (value instanceof Map<?, ?> map) return (Map<String, Object>) map;
        throw wrong(expected);
    }

    /** The elements, each with its place. */
    List<JsonAt> list(String expected) throws ApiException {
        if (!(value instanceof List<?> list)) throw wrong(expected);
        var elements = new ArrayList<JsonAt>();
        for (int i = 0; i < list.size(); i++) elements.add(new JsonAt("%s[%d]".formatted(path, i), list.get(i)));
        return elements;
    }

    /** What stands at {@code key}; null where nothing does. */
    JsonAt at(String key) throws ApiException {
        return new JsonAt(path + "." + key, object("an object").get(key));
    }

    ApiException wrong(String expected) {
        return new ApiException(ApiError.invalid(path, "%s: found %s, expected %s".formatted(path, found(), expected)));
    }

    private String found() {
        return switch (value) {
            case null -> "nothing";
            case Map<?, ?> _ -> "an object";
            case List<?> _ -> "an array";
            case String text -> "the string \"" + BodyReader.shortened(text) + "\"";
            default -> BodyReader.shortened(String.valueOf(value));
        };
    }
}
