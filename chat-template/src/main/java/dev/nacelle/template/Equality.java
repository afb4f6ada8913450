package dev.nacelle.template;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code ==}. */
final class Equality {
    private static final int STEPS_MAX = 10_000_000;

    private int steps;

    private Equality() {}

    static boolean equal(Object left, Object right) {
        if (left instanceof String a && right instanceof String b) return a.equals(b);
        return new Equality().same(left, right, 0);
    }

    @SuppressWarnings("ReferenceEquality") // as in Python, what is the same is equal
    private boolean same(Object left, Object right, int depth) {
        if (++steps > STEPS_MAX) throw Fault.limit("data too large to compare");
        if (depth > Run.DATA_DEPTH_MAX) throw Fault.limit("data nested deeper than %d".formatted(Run.DATA_DEPTH_MAX));
        if (left == right) return !(left instanceof Double real && real.isNaN() && depth == 0);
        if (Types.isText(left)) return Types.isText(right) && Types.text(left).equals(Types.text(right));
        if (Types.isNumber(left)) return Types.isNumber(right) && PythonNumber.equal(left, right);
        return switch (left) {
            case List<?> a -> right instanceof List<?> b && all(a, b, depth);
            case Tuple a -> right instanceof Tuple b && all(a.items(), b.items(), depth);
            case Map<?, ?> a -> right instanceof Map<?, ?> b && dicts(a, b, depth);
            case Undefined _ -> right instanceof Undefined;
            case Range a -> right instanceof Range b && all(a.asList(), b.asList(), depth);
            case DictView a
            when a.kind() != DictView.Kind.VALUES ->
                right instanceof DictView b && b.kind() == a.kind() && views(a, b, depth);
            default -> left.equals(right) && !(left instanceof DictView);
        };
    }

    private boolean all(List<?> left, List<?> right, int depth) {
        if (left.size() != right.size()) return false;
        Iterator<?> others = right.iterator();
        for (Object item : left) {
            if (!same(item, others.next(), depth + 1)) return false;
        }
        return true;
    }

    private boolean dicts(Map<?, ?> left, Map<?, ?> right, int depth) {
        if (left.size() != right.size()) return false;
        for (Map.Entry<?, ?> entry : left.entrySet()) {
            Object other = Dict.get(right, entry.getKey());
            if (other == null || !same(entry.getValue(), other, depth + 1)) return false;
        }
        return true;
    }

    private boolean views(DictView left, DictView right, int depth) {
        if (left.kind() == DictView.Kind.ITEMS) return dicts(left.dict(), right.dict(), depth);
        return left.size() == right.size()
                && left.dict().keySet().stream().allMatch(key -> Dict.contains(right.dict(), key));
    }
}
