package dev.nacelle.template;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** jinja2's tests by name: what stands behind an {@code is}. */
final class Tests {
    /** One test. */
    @FunctionalInterface
    interface Test {
        boolean holds(Run run, Object value, Arguments arguments);
    }

    private static final Map<String, Test> ALL = all();

    private Tests() {}

    static @Nullable Test find(String name) {
        return ALL.get(name);
    }

    private static Map<String, Test> all() {
        Map<String, Test> all = new HashMap<>();
        plain(all, "defined", value -> !(value instanceof Undefined));
        plain(all, "undefined", value -> value instanceof Undefined);
        plain(all, "none", value -> value == None.NONE);
        plain(all, "boolean", value -> value instanceof Boolean);
        plain(all, "true", value -> value instanceof Boolean truth && truth);
        plain(all, "false", value -> value instanceof Boolean truth && !truth);
        plain(all, "integer", value -> value instanceof Long || value instanceof BigInteger);
        plain(all, "float", value -> value instanceof Double);
        plain(all, "number", Types::isNumber);
        plain(all, "string", Types::isText);
        plain(all, "mapping", value -> value instanceof Map);
        plain(
                all,
                "sequence",
                value -> value instanceof List
                        || value instanceof Map
                        || value instanceof Sized.Indexed
                        || value instanceof Undefined
                        || Types.isText(value));
        plain(all, "iterable", Containers::isIterable);
        plain(all, "callable", value -> value instanceof Invocable || value instanceof Undefined);
        plain(all, "escaped", value -> value instanceof Markup);
        plain(all, "lower", value -> TextMethods.isLower(Printer.str(value)));
        plain(all, "upper", value -> TextMethods.isUpper(Printer.str(value)));
        plain(all, "filter", value -> value instanceof String name && Filters.find(name) != null);
        plain(all, "test", value -> value instanceof String name && find(name) != null);
        all.put("odd", (run, value, arguments) -> remainder(run, value, 2L, arguments, 1L));
        all.put("even", (run, value, arguments) -> remainder(run, value, 2L, arguments, 0L));
        one(
                all,
                "divisibleby",
                "num",
                (run, value, number) -> Equality.equal(Operators.modulo(run, value, number), 0L));
        one(all, "sameas", "other", (_, value, other) -> same(value, other));
        one(all, "in", "seq", (_, value, container) -> Containers.contains(container, value));
        compare(all, Comparison.EQUAL, "==", "eq", "equalto");
        compare(all, Comparison.NOT_EQUAL, "!=", "ne");
        compare(all, Comparison.GREATER, ">", "gt", "greaterthan");
        compare(all, Comparison.GREATER_OR_EQUAL, ">=", "ge");
        compare(all, Comparison.LESS, "<", "lt", "lessthan");
        compare(all, Comparison.LESS_OR_EQUAL, "<=", "le");
        return Map.copyOf(all);
    }

    private static void plain(Map<String, Test> all, String name, Predicate<Object> test) {
        Parameters none = Filters.none(name);
        all.put(name, (_, value, arguments) -> {
            none.bind(arguments);
            return test.test(value);
        });
    }

    private interface WithOne {
        boolean holds(Run run, Object value, Object argument);
    }

    private static void one(Map<String, Test> all, String name, String parameter, WithOne test) {
        Parameters parameters = Parameters.named(name, 1, parameter);
        all.put(
                name,
                (run, value, arguments) ->
                        test.holds(run, value, TextMethods.given(parameters.bind(arguments)[0])));
    }

    private static void compare(Map<String, Test> all, Comparison comparison, String... names) {
        Parameters parameters = Parameters.positional(names[0], 1, 1);
        for (String name : names) {
            all.put(
                    name,
                    (_, value, arguments) ->
                            comparison.holds(value, TextMethods.given(parameters.bind(arguments)[0])));
        }
    }

    private static boolean remainder(Run run, Object value, Object divisor, Arguments arguments, Object wanted) {
        Filters.none("test").bind(arguments);
        return Equality.equal(Operators.modulo(run, value, divisor), wanted);
    }

    /** Python's {@code is}, as far as values that are made anew each time can have an identity. */
    @SuppressWarnings("ReferenceEquality") // that is what it asks for
    private static boolean same(Object left, Object right) {
        if (left == right) return true;
        return (left instanceof Boolean || left instanceof Long || left instanceof String) && left.equals(right);
    }
}
