package dev.nacelle.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Python does with everything that holds something: go through it, look into it, take parts of it. */
final class Containers {
    private Containers() {}

    /** Python's {@code iter}. */
    static Iterator<Object> iterate(Object value) {
        Iterator<Object> items = iterateOrNull(value);
        if (items != null) return items;
        throw Fault.error("'%s' object is not iterable".formatted(Types.name(value)));
    }

    static boolean isIterable(Object value) {
        return value instanceof LoopContext || iterateOrNull(value) != null;
    }

    private static @Nullable Iterator<Object> iterateOrNull(Object value) {
        return switch (value) {
            case List<?> list -> Collections.<Object>unmodifiableList(list).iterator();
            case Map<?, ?> dict ->
                Collections.<Object>unmodifiableSet(dict.keySet()).iterator();
            case String text -> PythonText.characters(text).iterator();
            case Markup markup -> PythonText.characters(markup.text()).iterator();
            case Sized.Indexed indexed -> indexed.asList().iterator();
            case DictView view -> view.iterator();
            case Generator generator -> generator.items();
            case Undefined _ -> Collections.emptyIterator();
            case LoopContext loop -> loop.rest();
            default -> null;
        };
    }

    /** Python's {@code list}: a list of its own, that nobody else has. */
    static List<Object> list(Run run, Object value) {
        if (value instanceof List<?> list) return run.made(new ArrayList<Object>(list));
        List<Object> items = new ArrayList<>();
        Iterator<Object> source = iterate(value);
        while (source.hasNext()) {
            items.add(source.next());
            run.checkItems(items.size());
        }
        return run.made(items);
    }

    /** Python's {@code len}. */
    static int length(Object value) {
        return switch (value) {
            case String text -> PythonText.length(text);
            case List<?> list -> list.size();
            case Map<?, ?> dict -> dict.size();
            case Sized sized -> sized.size();
            case Markup markup -> PythonText.length(markup.text());
            case Undefined _ -> 0;
            default -> throw Fault.error("object of type '%s' has no len()".formatted(Types.name(value)));
        };
    }

    /** Python's {@code in}. */
    static boolean contains(Object container, Object item) {
        return switch (container) {
            case String text -> text.contains(part(item));
            case Markup markup -> markup.text().contains(part(item));
            case Map<?, ?> dict -> Dict.contains(dict, item);
            case DictView view when view.kind() == DictView.Kind.KEYS -> Dict.contains(view.dict(), item);
            default -> isAmong(container, item);
        };
    }

    @SuppressWarnings("ReferenceEquality") // Python asks for identity first: NaN is in a list that holds it
    private static boolean isAmong(Object container, Object item) {
        Iterator<Object> items = iterateOrNull(container);
        if (items == null) throw Fault.error("argument of type '%s' is not iterable".formatted(Types.name(container)));
        while (items.hasNext()) {
            Object candidate = items.next();
            if (candidate == item || Equality.equal(candidate, item)) return true;
        }
        return false;
    }

    private static String part(Object item) {
        if (Types.isText(item)) return Types.text(item);
        throw Fault.error("'in <string>' requires string as left operand, not " + Types.name(item));
    }

    /** {@code value[index]} of what has positions; null when there is none, or when the value has no positions. */
    static @Nullable Object at(Object value, Object index) {
        if (!Types.isInteger(index)) return null;
        long position = PythonNumber.index(index);
        return switch (value) {
            case List<?> list -> element(list, position);
            case Sized.Indexed indexed -> element(indexed.asList(), position);
            case String text -> character(text, position);
            case Markup markup -> {
                String character = character(markup.text(), position);
                yield character == null ? null : new Markup(character);
            }
            default -> null;
        };
    }

    private static @Nullable Object element(List<?> list, long position) {
        long at = position < 0 ? position + list.size() : position;
        return at < 0 || at >= list.size() ? null : list.get((int) at);
    }

    private static @Nullable String character(String text, long position) {
        int length = PythonText.length(text);
        long at = position < 0 ? position + length : position;
        if (at < 0 || at >= length) return null;
        return Character.toString(text.codePointAt(PythonText.unit(text, (int) at, length)));
    }

    /** {@code value[start:stop:step]}. */
    static Object slice(Run run, Object value, Object start, Object stop, Object step) {
        return switch (value) {
            case String text -> slice(run, text, start, stop, step);
            case Markup markup -> new Markup(slice(run, markup.text(), start, stop, step));
            case List<?> list -> picked(run, list, Bounds.of(list.size(), start, stop, step));
            case Tuple tuple -> new Tuple(picked(run, tuple.items(), Bounds.of(tuple.size(), start, stop, step)));
            case Range range -> {
                Bounds bounds = Bounds.of(range.size(), start, stop, step);
                yield Range.of(
                        range.start() + bounds.first * range.step(),
                        range.start() + bounds.end() * range.step(),
                        range.step() * bounds.step);
            }
            case Undefined undefined -> throw undefined.fault();
            case Map<?, ?> _ -> throw Fault.error("unhashable type: 'slice'");
            default -> throw Fault.error("'%s' object is not subscriptable".formatted(Types.name(value)));
        };
    }

    private static String slice(Run run, String text, Object start, Object stop, Object step) {
        Bounds bounds = Bounds.of(PythonText.length(text), start, stop, step);
        if (bounds.step == 1) return run.made(PythonText.substring(text, (int) bounds.first, (int) bounds.end()));
        List<Object> characters = PythonText.characters(text);
        var out = new StringBuilder();
        for (int i = 0; i < bounds.count; i++) out.append(characters.get((int) (bounds.first + i * bounds.step)));
        return run.made(out.toString());
    }

    private static List<Object> picked(Run run, List<?> list, Bounds bounds) {
        List<Object> items = new ArrayList<>(bounds.count);
        for (int i = 0; i < bounds.count; i++) items.add(list.get((int) (bounds.first + i * bounds.step)));
        return run.made(items);
    }

    /** Where a slice begins, how far apart its elements are, and how many there are. */
    private record Bounds(long first, long step, int count) {
        static Bounds of(int length, Object start, Object stop, Object step) {
            long by = step == None.NONE ? 1 : index(step);
            if (by == 0) throw Fault.error("slice step cannot be zero");
            by = Math.max(by, -Integer.MAX_VALUE);
            boolean up = by > 0;
            long from = start == None.NONE ? (up ? 0 : length - 1) : bound(index(start), length, up);
            long to = stop == None.NONE ? (up ? length : -1) : bound(index(stop), length, up);
            by = Math.min(by, Integer.MAX_VALUE);
            long count = up ? (to - from + by - 1) / by : (from - to - by - 1) / -by;
            return new Bounds(from, by, (int) Math.max(0, count));
        }

        private static long bound(long index, int length, boolean up) {
            if (index < 0) return Math.max(up ? 0 : -1, index < -length ? -1 : index + length);
            return Math.min(index, up ? length : length - 1);
        }

        private static long index(Object value) {
            if (Types.isInteger(value)) return PythonNumber.index(value);
            if (value instanceof Undefined undefined) throw undefined.fault();
            throw Fault.error("slice indices must be integers or None or have an __index__ method");
        }

        long end() {
            return first + count * step;
        }
    }
}
