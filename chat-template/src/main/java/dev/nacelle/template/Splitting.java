package dev.nacelle.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code split} and {@code rsplit}: at a separator, or at white space without one. */
final class Splitting {
    private Splitting() {}

    static String separator(Object value) {
        String separator = Types.text("separator", value);
        if (separator.isEmpty()) throw Fault.error("empty separator");
        return separator;
    }

    static List<Object> split(Run run, String text, @Nullable Object separator, long max) {
        List<Object> parts = new ArrayList<>();
        long left = max < 0 ? Long.MAX_VALUE : max;
        if (separator == null || separator == None.NONE) {
            int at = skipSpace(text, 0);
            while (at < text.length()) {
                if (left-- == 0) {
                    parts.add(text.substring(at));
                    return parts;
                }
                int end = at;
                while (end < text.length() && !PythonText.isSpace(text.charAt(end))) end++;
                parts.add(text.substring(at, end));
                at = skipSpace(text, end);
            }
            return parts;
        }
        String between = separator(separator);
        int from = 0;
        for (int at = text.indexOf(between); at >= 0 && left-- > 0; at = text.indexOf(between, from)) {
            parts.add(text.substring(from, at));
            run.checkItems(parts.size());
            from = at + between.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    static List<Object> rsplit(Run run, String text, @Nullable Object separator, long max) {
        if (max < 0) return split(run, text, separator, max);
        List<Object> parts = new ArrayList<>();
        long left = max;
        if (separator == null || separator == None.NONE) {
            int end = text.length();
            while (true) {
                while (end > 0 && PythonText.isSpace(text.charAt(end - 1))) end--;
                if (end == 0) break;
                int at = end;
                if (left-- == 0) at = 0;
                else while (at > 0 && !PythonText.isSpace(text.charAt(at - 1))) at--;
                parts.add(text.substring(at, end));
                if (left < 0) break;
                end = at;
            }
        } else {
            String between = separator(separator);
            int end = text.length();
            for (int at = text.lastIndexOf(between); at >= 0 && left-- > 0; ) {
                parts.add(text.substring(at + between.length(), end));
                end = at;
                at = at < between.length() ? -1 : text.lastIndexOf(between, at - between.length());
            }
            parts.add(text.substring(0, end));
        }
        Collections.reverse(parts);
        return parts;
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && PythonText.isSpace(text.charAt(at))) at++;
        return at;
    }
}
