package dev.nacelle.template;

import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Python's types of the values that an evaluation works with, and Python's truth. */
final class Types {
    private Types() {}

    static String name(Object value) {
        return switch (value) {
            case String _ -> "str";
            case Boolean _ -> "bool";
            case Long _, BigInteger _ -> "int";
            case Double _ -> "float";
            case None _ -> "NoneType";
            case List<?> _ -> "list";
            case Map<?, ?> _ -> "dict";
            case Tuple _ -> "tuple";
            case Undefined _ -> "Undefined";
            case Markup _ -> "Markup";
            case Range _ -> "range";
            case Generator generator -> generator.type();
            case DictView view ->
                switch (view.kind()) {
                    case KEYS -> "dict_keys";
                    case VALUES -> "dict_values";
                    case ITEMS -> "dict_items";
                };
            case Namespace _ -> "Namespace";
            case Macro _ -> "Macro";
            case LoopContext _ -> "LoopContext";
            case Method _ -> "builtin_function_or_method";
            case Invocable _ -> "function";
            default -> value.getClass().getSimpleName();
        };
    }

    static boolean truth(Object value) {
        if (value instanceof Boolean truth) return truth;
        if (value instanceof String text) return !text.isEmpty();
        if (value == None.NONE || value instanceof Undefined) return false;
        if (value instanceof Collection<?> list) return !list.isEmpty();
        if (value instanceof Map<?, ?> dict) return !dict.isEmpty();
        if (value instanceof Long number) return number != 0;
        if (value instanceof Double number) return number != 0;
        if (value instanceof Sized sized) return sized.size() > 0;
        if (value instanceof Markup markup) return !markup.text().isEmpty();
        return true;
    }

    static boolean isText(Object value) {
        return value instanceof String || value instanceof Markup;
    }

    /** The text of a {@code str}, marked or not. */
    static String text(Object value) {
        return value instanceof String text ? text : ((Markup) value).text();
    }

    /** Text as an argument of that function; an error for anything else. */
    static String text(String function, Object value) {
        if (isText(value)) return text(value);
        throw Fault.error("%s must be str, not %s".formatted(function, name(value)));
    }

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean || value instanceof BigInteger;
    }

    static boolean isNumber(Object value) {
        return isInteger(value) || value instanceof Double;
    }
}
