package dev.nacelle.template;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code value.name} and {@code value[key]}, as jinja2's immutable sandbox lets them through. */
final class Attributes {
    private static final Set<String> DICT_UNSAFE = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> LIST_UNSAFE =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> EVERYWHERE = Set.of(
            "__class__",
            "__doc__",
            "__init__",
            "__new__",
            "__str__",
            "__repr__",
            "__eq__",
            "__ne__",
            "__hash__",
            "__dir__",
            "__reduce__",
            "__sizeof__",
            "__format__",
            "__lt__",
            "__le__",
            "__gt__",
            "__ge__",
            "__getattribute__",
            "__setattr__",
            "__delattr__",
            "__init_subclass__",
            "__subclasshook__",
            "__reduce_ex__");

    private Attributes() {}

    /** Whether every dict has that attribute, so that it hides a key of the same name. */
    static boolean ofDict(String name) {
        return DictMethods.find(name) != null || DICT_UNSAFE.contains(name) || EVERYWHERE.contains(name);
    }

    /** {@code value.name}: the attribute, else the item of that name. */
    static Object attribute(Object value, String name) {
        Object own = own(value, name);
        if (own != null) return own;
        Object item = value instanceof Map<?, ?> dict ? dict.get(name) : null;
        return item == null ? Undefined.of(value, name) : item;
    }

    /** The filter {@code attr}: the attribute, and never the item. */
    static Object attributeOnly(Object value, String name) {
        Object own = own(value, name);
        return own == null ? Undefined.of(value, name) : own;
    }

    /** {@code value[key]}: the item, else, when the key is text, the attribute of that name. */
    static Object item(Object value, Object key) {
        if (value instanceof Undefined undefined) throw undefined.fault();
        Object item = value instanceof Map<?, ?> dict
                ? key instanceof List<?> || key instanceof Map<?, ?> ? null : Dict.get(dict, key)
                : Containers.at(value, key);
        if (item != null) return item;
        Object own = Types.isText(key) ? own(value, Types.text(key)) : null;
        return own == null ? Undefined.of(value, key) : own;
    }

    /** What Python's {@code getattr} finds; null when there is nothing. */
    private static @Nullable Object own(Object value, String name) {
        if (value instanceof Undefined undefined) {
            if (name.startsWith("__") && name.endsWith("__"))
                return EVERYWHERE.contains(name) ? Undefined.unsafe(value, name) : null;
            throw undefined.fault();
        }
        if (EVERYWHERE.contains(name) && !(value instanceof Namespace)) return Undefined.unsafe(value, name);
        return switch (value) {
            case Map<?, ?> _ ->
                DICT_UNSAFE.contains(name) ? Undefined.unsafe(value, name) : bound(value, name, DictMethods.find(name));
            case String _ -> bound(value, name, TextMethods.find(name));
            case Markup _ -> bound(value, name, MarkupMethods.find(name));
            case List<?> _ ->
                LIST_UNSAFE.contains(name) ? Undefined.unsafe(value, name) : bound(value, name, ListMethods.find(name));
            case Tuple tuple -> {
                int field = tuple.names().indexOf(name);
                yield field >= 0
                        ? tuple.get(field)
                        : name.equals("copy") ? null : bound(value, name, ListMethods.find(name));
            }
            case Namespace namespace -> {
                Object field = namespace.fields.get(name);
                yield field != null && name.startsWith("_") ? Undefined.unsafe(value, name) : field;
            }
            case LoopContext loop -> loop.attribute(name);
            case Macro macro -> macro(macro, name);
            case Range range ->
                switch (name) {
                    case "start" -> range.start();
                    case "stop" -> range.stop();
                    case "step" -> range.step();
                    case "copy" -> null;
                    default -> bound(value, name, ListMethods.find(name));
                };
            case Globals.Cycler cycler -> cycler.attribute(name);
            default -> Types.isNumber(value) ? number(value, name) : null;
        };
    }

    private static @Nullable Object macro(Macro macro, String name) {
        Macro.Code code = macro.code();
        return switch (name) {
            case "name" -> code.name() == null ? None.NONE : code.name();
            case "arguments" ->
                new Tuple(List.copyOf(
                        code.parameters().stream().map(Macro.Parameter::name).toList()));
            case "caller" -> code.caller() >= 0;
            case "catch_kwargs" -> code.keywords() >= 0;
            case "catch_varargs" -> code.rest() >= 0;
            default -> null;
        };
    }

    private static @Nullable Object number(Object value, String name) {
        return switch (name) {
            case "real" -> Operators.positive(value);
            case "imag" -> value instanceof Double ? (Object) 0.0 : (Object) 0L;
            case "numerator" -> value instanceof Double ? null : Operators.positive(value);
            case "denominator" -> value instanceof Double ? null : (Object) 1L;
            case "is_integer" ->
                value instanceof Double real
                        ? (Invocable) (_, _) -> real == Math.rint(real) && !Double.isInfinite(real)
                        : null;
            case "bit_length" ->
                value instanceof Double
                        ? null
                        : (Invocable)
                                (_, _) -> (long) PythonNumber.big(value).abs().bitLength();
            case "conjugate" -> (Invocable) (_, _) -> Operators.positive(value);
            default -> null;
        };
    }

    private static @Nullable Object bound(Object owner, String name, Method.@Nullable Body body) {
        return body == null ? null : new Method(owner, name, body);
    }
}
