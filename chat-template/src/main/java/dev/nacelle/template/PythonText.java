package dev.nacelle.template;

import java.util.ArrayList;
import java.util.List;

/** Python's text: counted in code points, with Python's notion of white space and of lines. */
final class PythonText {
    private PythonText() {}

    static boolean isSpace(int c) {
        if (c <= ' ') return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
        if (c < 0x85) return false;
        return switch (c) {
            case 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default -> c >= 0x2000 && c <= 0x200a;
        };
    }

    /** Whether there is something, and all of it white space. */
    static boolean isSpace(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isSpace(text.charAt(i))) return false;
        }
        return !text.isEmpty();
    }

    static String strip(String text, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && isSpace(text.charAt(from))) from++;
        while (right && to > from && isSpace(text.charAt(to - 1))) to--;
        return text.substring(from, to);
    }

    /** Without any of these characters at the ends. */
    static String strip(String text, String characters, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to) {
            int c = text.codePointAt(from);
            if (characters.indexOf(c) < 0) break;
            from += Character.charCount(c);
        }
        while (right && to > from) {
            int c = text.codePointBefore(to);
            if (characters.indexOf(c) < 0) break;
            to -= Character.charCount(c);
        }
        return text.substring(from, to);
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The index in UTF-16 units of the {@code index}th code point; {@code length} is that of the text in code points. */
    static int unit(String text, int index, int length) {
        return length == text.length() ? index : text.offsetByCodePoints(0, index);
    }

    static String substring(String text, int from, int to) {
        int length = length(text);
        int begin = unit(text, from, length);
        return text.substring(begin, length == text.length() ? to : text.offsetByCodePoints(begin, to - from));
    }

    static List<Object> characters(String text) {
        List<Object> characters = new ArrayList<>(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            characters.add(Character.toString(c));
            i += Character.charCount(c);
        }
        return characters;
    }

    static List<Object> lines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = from;
            while (end < text.length() && !isLineEnd(text.charAt(end))) end++;
            int next = end;
            if (end < text.length()) next += text.startsWith("\r\n", end) ? 2 : 1;
            lines.add(text.substring(from, keepEnds ? next : end));
            from = next;
        }
        return lines;
    }

    private static boolean isLineEnd(char c) {
        return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** Python's order: by code point, where Java's is by UTF-16 unit. */
    static int compare(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a == b) continue;
            boolean aSurrogate = Character.isSurrogate(a);
            if (aSurrogate != Character.isSurrogate(b)) return aSurrogate ? 1 : -1;
            return a - b;
        }
        return left.length() - right.length();
    }

    static String repeat(Run run, String text, Object times) {
        long count = Math.max(0, PythonNumber.index(times));
        run.willMakeText(PythonNumber.product(count, text.length()));
        return text.isEmpty() ? "" : text.repeat((int) count);
    }

    static String replace(Run run, String text, String old, String replacement, long count) {
        if (count == 0 || old.length() > text.length()) return text;
        if (old.isEmpty()) return interleave(run, text, replacement, count);
        int at = text.indexOf(old);
        if (at < 0) return text;
        var out = new StringBuilder(text.length() + 16);
        int from = 0;
        for (long left = count < 0 ? Long.MAX_VALUE : count; at >= 0 && left > 0; left--) {
            out.append(text, from, at).append(replacement);
            run.checkText(out.length());
            from = at + old.length();
            at = text.indexOf(old, from);
        }
        return run.made(out.append(text, from, text.length()).toString());
    }

    private static String interleave(Run run, String text, String replacement, long count) {
        long left = count < 0 ? Long.MAX_VALUE : count;
        run.willMakeText(text.length() + (text.length() + 1L) * replacement.length());
        var out = new StringBuilder();
        int at = 0;
        while (left-- > 0) {
            out.append(replacement);
            if (at >= text.length()) break;
            int next = text.offsetByCodePoints(at, 1);
            out.append(text, at, next);
            at = next;
        }
        return out.append(text, at, text.length()).toString();
    }
}
