package dev.nacelle.spi.request;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON-like data between layers. */
final class Json {
    private Json() {}

    /** An unmodifiable copy that keeps the order and, unlike {@link Map#copyOf}, JSON's nulls. */
    static Map<String, Object> frozen(Map<String, Object> map) {
        return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
