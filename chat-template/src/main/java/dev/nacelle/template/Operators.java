package dev.nacelle.template;

import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic operators over everything that has them. */
final class Operators {
    private Operators() {}

    static Object add(Run run, Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            run.willMakeText((long) a.length() + b.length());
            return a.concat(b);
        }
        if (Types.isNumber(left) && Types.isNumber(right)) return PythonNumber.add(left, right);
        if (left instanceof Undefined undefined) throw undefined.fault();
        if (right instanceof Undefined undefined) throw undefined.fault();
        if (Types.isText(left)) {
            if (!Types.isText(right))
                throw Fault.error("can only concatenate str (not \"%s\") to str".formatted(Types.name(right)));
            return new Markup(run.made(Markup.escape(left).concat(Markup.escape(right))));
        }
        if (left instanceof List<?> a && right instanceof List<?> b) return joined(run, a, b);
        if (left instanceof Tuple a && right instanceof Tuple b) return new Tuple(joined(run, a.items(), b.items()));
        if (left instanceof List<?> || left instanceof Tuple) {
            throw Fault.error("can only concatenate %s (not \"%s\") to %s"
                    .formatted(Types.name(left), Types.name(right), Types.name(left)));
        }
        throw unsupported("+", left, right);
    }

    private static List<Object> joined(Run run, List<?> left, List<?> right) {
        run.willMakeItems((long) left.size() + right.size());
        List<Object> all = new ArrayList<>(left.size() + right.size());
        all.addAll(left);
        all.addAll(right);
        return all;
    }

    static Object subtract(Object left, Object right) {
        if (Types.isNumber(left) && Types.isNumber(right)) return PythonNumber.subtract(left, right);
        throw unsupported("-", left, right);
    }

    static Object multiply(Run run, Object left, Object right) {
        if (Types.isNumber(left) && Types.isNumber(right)) return PythonNumber.multiply(left, right);
        if (left instanceof Undefined undefined) throw undefined.fault();
        if (right instanceof Undefined undefined) throw undefined.fault();
        if (Types.isInteger(left) && !Types.isNumber(right)) return repeat(run, right, left, left, right);
        return repeat(run, left, right, left, right);
    }

    private static Object repeat(Run run, Object value, Object times, Object left, Object right) {
        if (!(Types.isText(value) || value instanceof List<?> || value instanceof Tuple))
            throw unsupported("*", left, right);
        if (!Types.isInteger(times))
            throw Fault.error("can't multiply sequence by non-int of type '%s'".formatted(Types.name(times)));
        return switch (value) {
            case String text -> PythonText.repeat(run, text, times);
            case Markup markup -> new Markup(PythonText.repeat(run, markup.text(), times));
            case Tuple tuple -> new Tuple(repeat(run, tuple.items(), times));
            default -> repeat(run, (List<?>) value, times);
        };
    }

    private static List<Object> repeat(Run run, List<?> list, Object times) {
        long count = list.isEmpty() ? 0 : Math.max(0, PythonNumber.index(times));
        run.willMakeItems(PythonNumber.product(count, list.size()));
        List<Object> all = new ArrayList<>();
        for (long i = 0; i < count; i++) all.addAll(list);
        return all;
    }

    static Object divide(Object left, Object right) {
        if (Types.isNumber(left) && Types.isNumber(right)) return PythonNumber.divide(left, right);
        throw unsupported("/", left, right);
    }

    static Object floorDivide(Object left, Object right) {
        if (Types.isNumber(left) && Types.isNumber(right)) return PythonNumber.floorDivide(left, right);
        throw unsupported("//", left, right);
    }

    static Object modulo(Run run, Object left, Object right) {
        if (Types.isNumber(left) && Types.isNumber(right)) return PythonNumber.modulo(left, right);
        if (left instanceof String format) return PercentFormat.format(run, format, right, false);
        if (left instanceof Markup format) return new Markup(PercentFormat.format(run, format.text(), right, true));
        throw unsupported("%", left, right);
    }

    static Object power(Object left, Object right) {
        if (Types.isNumber(left) && Types.isNumber(right)) return PythonNumber.power(left, right);
        throw unsupported("** or pow()", left, right);
    }

    static Object negative(Object value) {
        if (Types.isNumber(value)) return PythonNumber.negate(value);
        if (value instanceof Undefined undefined) throw undefined.fault();
        throw Fault.error("bad operand type for unary -: '%s'".formatted(Types.name(value)));
    }

    static Object positive(Object value) {
        if (Types.isNumber(value)) return value instanceof Boolean ? PythonNumber.add(0L, value) : value;
        if (value instanceof Undefined undefined) throw undefined.fault();
        throw Fault.error("bad operand type for unary +: '%s'".formatted(Types.name(value)));
    }

    private static Fault unsupported(String sign, Object left, Object right) {
        if (left instanceof Undefined undefined) return undefined.fault();
        if (right instanceof Undefined undefined) return undefined.fault();
        return Fault.error("unsupported operand type(s) for %s: '%s' and '%s'"
                .formatted(sign, Types.name(left), Types.name(right)));
    }
}
