package dev.nacelle.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Brings a caller's data into the form that evaluation works with; what has that form already, as most has, is not copied. */
final class Data {
    private Data() {}

    static Object canonical(@Nullable Object value) {
        return canonical(value, 0);
    }

    private static Object canonical(@Nullable Object value, int depth) {
        if (depth > Run.DATA_DEPTH_MAX) throw Fault.limit("data nested deeper than %d".formatted(Run.DATA_DEPTH_MAX));
        return switch (value) {
            case String text -> text;
            case null -> None.NONE;
            case Map<?, ?> dict -> dict(dict, depth);
            case List<?> list -> list(list, depth);
            case Boolean truth -> truth;
            case Long whole -> whole;
            case Double real -> real;
            case Integer whole -> whole.longValue();
            case Short whole -> whole.longValue();
            case Byte whole -> whole.longValue();
            case BigInteger whole -> PythonNumber.integer(whole);
            case BigDecimal real -> real.doubleValue();
            case Float real -> (double) real;
            case None _, Tuple _, Undefined _, Markup _, Generator _, Sized _, Invocable _, Namespace _ -> value;
            case Character character -> character.toString();
            case CharSequence text -> text.toString();
            default ->
                throw Fault.error("data of type %s; expected maps, lists, text, numbers, booleans and null"
                        .formatted(value.getClass().getName()));
        };
    }

    @SuppressWarnings("ReferenceEquality") // the question is whether it was replaced
    private static List<?> list(List<?> list, int depth) {
        @Nullable List<Object> copy = null;
        int i = 0;
        for (Object item : list) {
            Object canonical = canonical(item, depth + 1);
            if (copy == null && canonical != item) copy = new ArrayList<>(list.subList(0, i));
            if (copy != null) copy.add(canonical);
            i++;
        }
        return copy == null ? list : copy;
    }

    @SuppressWarnings("ReferenceEquality") // the question is whether it was replaced
    private static Map<?, ?> dict(Map<?, ?> dict, int depth) {
        // A sorted map cannot be asked for keys of another type.
        @Nullable Map<Object, Object> copy = dict instanceof SortedMap<?, ?> ? new LinkedHashMap<>() : null;
        int i = 0;
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            Object key = canonical(entry.getKey(), depth + 1);
            Object value = canonical(entry.getValue(), depth + 1);
            if (copy == null && (value != entry.getValue() || key != entry.getKey())) copy = first(dict, i);
            if (copy != null) copy.put(key, value);
            i++;
        }
        return copy == null ? dict : copy;
    }

    private static Map<Object, Object> first(Map<?, ?> dict, int count) {
        Map<Object, Object> copy = new LinkedHashMap<>();
        int left = count;
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            if (left-- == 0) break;
            copy.put(entry.getKey(), entry.getValue());
        }
        return copy;
    }
}
