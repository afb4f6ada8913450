package dev.nacelle.template;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** Python's {@code <} and {@code <=}; an error where Python has no order. */
final class Ordering {
    /** For sorting: Python's sort asks for {@code <} only. */
    static final Comparator<Object> ASCENDING =
            (left, right) -> less(left, right, "<") ? -1 : less(right, left, "<") ? 1 : 0;

    private Ordering() {}

    /** {@code sign} is the operator as written, for the message. */
    static boolean less(Object left, Object right, String sign) {
        if (isNan(left) || isNan(right))
            return !(Types.isNumber(left) && Types.isNumber(right)) && unordered(left, right, sign);
        return compare(left, right, sign, 0) < 0;
    }

    static boolean lessOrEqual(Object left, Object right, String sign) {
        if (isNan(left) || isNan(right))
            return !(Types.isNumber(left) && Types.isNumber(right)) && unordered(left, right, sign);
        return compare(left, right, sign, 0) <= 0;
    }

    private static boolean isNan(Object value) {
        return value instanceof Double real && real.isNaN();
    }

    private static int compare(Object left, Object right, String sign, int depth) {
        if (depth > Run.DATA_DEPTH_MAX) throw Fault.limit("data nested deeper than %d".formatted(Run.DATA_DEPTH_MAX));
        if (Types.isNumber(left) && Types.isNumber(right)) return PythonNumber.compare(left, right);
        if (Types.isText(left) && Types.isText(right)) return PythonText.compare(Types.text(left), Types.text(right));
        if (left instanceof List<?> a && right instanceof List<?> b) return compareAll(a, b, sign, depth);
        if (left instanceof Tuple a && right instanceof Tuple b) return compareAll(a.items(), b.items(), sign, depth);
        unordered(left, right, sign);
        return 0;
    }

    private static int compareAll(List<?> left, List<?> right, String sign, int depth) {
        Iterator<?> others = right.iterator();
        for (Object item : left) {
            if (!others.hasNext()) return 1;
            Object other = others.next();
            if (!Equality.equal(item, other)) return compare(item, other, sign, depth + 1);
        }
        return others.hasNext() ? -1 : 0;
    }

    private static boolean unordered(Object left, Object right, String sign) {
        if (left instanceof Undefined undefined) throw undefined.fault();
        if (right instanceof Undefined undefined) throw undefined.fault();
        boolean swapped = sign.startsWith(">");
        throw Fault.error("'%s' not supported between instances of '%s' and '%s'"
                .formatted(sign, Types.name(swapped ? right : left), Types.name(swapped ? left : right)));
    }
}
