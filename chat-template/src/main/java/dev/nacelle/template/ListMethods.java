package dev.nacelle.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of {@code list}, {@code tuple} and {@code range} that change nothing. */
final class ListMethods {
    private static final Map<String, Method.Body> ALL = Map.of(
            "count", (_, owner, arguments) -> count(items(owner), arguments),
            "index", (_, owner, arguments) -> index(owner, items(owner), arguments),
            "copy", (_, owner, _) -> new ArrayList<Object>(items(owner)));

    private ListMethods() {}

    static Method.@Nullable Body find(String name) {
        return ALL.get(name);
    }

    private static List<?> items(Object owner) {
        return owner instanceof Sized.Indexed indexed ? indexed.asList() : (List<?>) owner;
    }

    private static Object count(List<?> items, Arguments arguments) {
        Object wanted = TextMethods.given(Parameters.positional("count", 1, 1).bind(arguments)[0]);
        return items.stream().filter(item -> Equality.equal(item, wanted)).count();
    }

    private static Object index(Object owner, List<?> items, Arguments arguments) {
        @Nullable Object[] passed = Parameters.positional("index", 1, 3).bind(arguments);
        Object wanted = TextMethods.given(passed[0]);
        long from = bound(passed[1], 0, items.size());
        long to = Math.min(items.size(), bound(passed[2], items.size(), items.size()));
        for (long i = from; i < to; i++) {
            if (Equality.equal(items.get((int) i), wanted)) return i;
        }
        throw Fault.error("%s is not in %s".formatted(Printer.repr(wanted), Types.name(owner)));
    }

    private static long bound(@Nullable Object value, long fallback, int size) {
        if (value == null) return fallback;
        long index = PythonNumber.index(value);
        return index < 0 ? Math.max(0, index + size) : index;
    }
}
