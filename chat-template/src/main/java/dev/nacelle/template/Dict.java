package dev.nacelle.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code dict} over Java's maps: {@code 1}, {@code 1.0} and {@code True} are one key, the first one written. */
final class Dict {
    private Dict() {}

    static @Nullable Object get(Map<?, ?> dict, Object key) {
        if (key instanceof String) return dict.get(key);
        Object existing = existingKey(dict, key);
        return existing == null ? null : dict.get(existing);
    }

    static boolean contains(Map<?, ?> dict, Object key) {
        return key instanceof String ? dict.containsKey(key) : existingKey(dict, key) != null;
    }

    static void put(Map<Object, Object> dict, Object key, Object value) {
        Object existing = existingKey(dict, key);
        dict.put(existing != null ? existing : key instanceof Markup markup ? markup.text() : key, value);
    }

    static Map<Object, Object> copy(Map<?, ?> dict) {
        return new LinkedHashMap<>(dict);
    }

    private static @Nullable Object existingKey(Map<?, ?> dict, Object key) {
        requireHashable(key);
        Object plain = key instanceof Markup markup ? markup.text() : key;
        if (dict.containsKey(plain)) return plain;
        if (plain instanceof Boolean truth) return number(dict, truth ? 1 : 0);
        if (plain instanceof Long whole) return number(dict, whole);
        if (plain instanceof Double real && real == Math.rint(real) && Math.abs(real) < 0x1p53)
            return number(dict, real.longValue());
        if (plain instanceof Undefined) {
            for (Object candidate : dict.keySet()) {
                if (candidate instanceof Undefined) return candidate;
            }
        }
        return null;
    }

    private static @Nullable Object number(Map<?, ?> dict, long value) {
        if (dict.containsKey(value)) return value;
        if (dict.containsKey((double) value)) return (double) value;
        if (value == 0 && dict.containsKey(-0.0)) return -0.0;
        if ((value == 0 || value == 1) && dict.containsKey(value == 1)) return value == 1;
        return null;
    }

    static void requireHashable(Object key) {
        if (key instanceof List<?> || key instanceof Map<?, ?>)
            throw Fault.error("unhashable type: '%s'".formatted(Types.name(key)));
        if (key instanceof Tuple tuple) tuple.items().forEach(Dict::requireHashable);
    }

    /** Equal for what is equal in Python. */
    static int hash(Object value) {
        return switch (value) {
            case Boolean truth -> truth ? 1 : 0;
            case Long whole -> Long.hashCode(whole);
            case Double real when real == Math.rint(real) && Math.abs(real) < 0x1p63 -> Long.hashCode(real.longValue());
            case Markup markup -> markup.text().hashCode();
            case Undefined _ -> 17;
            default -> value.hashCode();
        };
    }
}
