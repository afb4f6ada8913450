package dev.nacelle.runtime.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Nodes as plain Java values, the way JSON would be read. */
final class Free {
    private Free() {}

    static @Nullable Object value(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> Scalars.free(scalar);
            case Node.Sequence sequence -> {
                var items = new ArrayList<@Nullable Object>();
                sequence.items().forEach(item -> items.add(value(item)));
                yield Collections.unmodifiableList(items);
            }
            case Node.Mapping mapping -> map(mapping);
        };
    }

    /** The node must be a mapping. */
    static Map<String, @Nullable Object> map(Node node) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        ((Node.Mapping) node).entries().forEach((key, entry) -> map.put(key, value(entry.value())));
        return Collections.unmodifiableMap(map);
    }
}
