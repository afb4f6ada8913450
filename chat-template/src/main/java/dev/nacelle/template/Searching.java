package dev.nacelle.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Text within text, optionally between a start and an end that count code points. */
final class Searching {
    /** A part of a text: where it begins, in code points, and what is there; null when start lies behind the end. */
    private record Window(long start, @Nullable String text) {
        static Window of(String text, @Nullable Object[] passed) {
            if (passed[1] == null && passed[2] == null) return new Window(0, text);
            int length = PythonText.length(text);
            long start = bound(passed[1], 0, length);
            long end = Math.min(length, bound(passed[2], length, length));
            return new Window(start, start > end ? null : PythonText.substring(text, (int) start, (int) end));
        }

        private static long bound(@Nullable Object value, long fallback, int length) {
            if (value == null || value == None.NONE) return fallback;
            long index = PythonNumber.index(value);
            return index < 0 ? Math.max(0, index + length) : index;
        }
    }

    private Searching() {}

    static Object ends(String method, String text, @Nullable Object[] passed, boolean start) {
        String part = Window.of(text, passed).text;
        Object wanted = TextMethods.given(passed[0]);
        List<Object> all = wanted instanceof Tuple tuple ? tuple.items() : List.of(wanted);
        for (Object one : all) {
            if (!Types.isText(one)) {
                throw Fault.error(
                        "%s first arg must be str or a tuple of str, not %s".formatted(method, Types.name(one)));
            }
            String end = Types.text(one);
            if (part != null && (start ? part.startsWith(end) : part.endsWith(end))) return true;
        }
        return false;
    }

    static Object find(String text, @Nullable Object[] passed, boolean last) {
        String wanted = Types.text("must be str:", TextMethods.given(passed[0]));
        Window window = Window.of(text, passed);
        String part = window.text;
        if (part == null) return -1L;
        int at = last ? part.lastIndexOf(wanted) : part.indexOf(wanted);
        return at < 0 ? -1L : window.start + part.codePointCount(0, at);
    }

    static Object index(String text, @Nullable Object[] passed, boolean last) {
        Object at = find(text, passed, last);
        if (at.equals(-1L)) throw Fault.error("substring not found");
        return at;
    }

    static Object count(String text, @Nullable Object[] passed) {
        String wanted = Types.text("must be str:", TextMethods.given(passed[0]));
        String part = Window.of(text, passed).text;
        if (part == null) return 0L;
        if (wanted.isEmpty()) return PythonText.length(part) + 1L;
        long count = 0;
        for (int at = part.indexOf(wanted); at >= 0; at = part.indexOf(wanted, at + wanted.length())) count++;
        return count;
    }
}
