package dev.nacelle.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path such as {@code address.city} or {@code 0.name}, by which filters look into items. */
record AttributePath(List<Object> parts) {
    static AttributePath of(Object attribute) {
        if (attribute == None.NONE) return new AttributePath(List.of());
        if (!Types.isText(attribute)) return new AttributePath(List.of(attribute));
        List<Object> parts = new ArrayList<>();
        for (String part : Types.text(attribute).split("\\.", -1)) {
            boolean number =
                    !part.isEmpty() && part.length() < 18 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            parts.add(number ? (Object) Long.valueOf(part) : part);
        }
        return new AttributePath(parts);
    }

    /** What is there; a missing part is replaced by {@code fallback} when there is one. */
    Object of(Object item, @Nullable Object fallback) {
        Object value = item;
        for (Object part : parts) {
            value = Attributes.item(value, part);
            if (fallback != null && value instanceof Undefined) value = fallback;
        }
        return value;
    }

    /** Text in lower case, unless case matters. */
    static Object key(Object value, boolean caseSensitive) {
        if (caseSensitive || !Types.isText(value)) return value;
        return Types.text(value).toLowerCase(java.util.Locale.ROOT);
    }
}
