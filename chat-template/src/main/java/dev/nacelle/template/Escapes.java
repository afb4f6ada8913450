package dev.nacelle.template;

/** Python's backslash escapes in string literals, as jinja2 decodes them: through ASCII with {@code backslashreplace}. */
final class Escapes {
    private Escapes() {}

    static String unescape(String literal, int line) {
        if (literal.indexOf('\\') < 0) return literal;
        String text = ascii(literal);
        var out = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            if (i >= text.length()) throw Fault.syntax(line, "\\ at end of string");
            char escape = text.charAt(i++);
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> out.append(escape);
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'v' -> out.append('\u000b');
                case 'x' -> i = hex(text, i, 2, out, line);
                case 'u' -> i = hex(text, i, 4, out, line);
                case 'U' -> i = hex(text, i, 8, out, line);
                case 'N' -> i = named(text, i, out, line);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(text, i - 1, out);
                default -> out.append('\\').append(escape);
            }
        }
        return out.toString();
    }

    private static String ascii(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c < 0x80) out.append((char) c);
            else out.append((c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c));
        });
        return out.toString();
    }

    private static int hex(String text, int from, int digits, StringBuilder out, int line) {
        int end = from + digits;
        int code = 0;
        for (int i = from; i < end; i++) {
            int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0)
                throw Fault.syntax(
                        line,
                        "truncated \\%s escape".formatted(digits == 2 ? "xXX" : digits == 4 ? "uXXXX" : "UXXXXXXXX"));
            code = code << 4 | digit;
        }
        if (!Character.isValidCodePoint(code)) throw Fault.syntax(line, "illegal Unicode character");
        out.appendCodePoint(code);
        return end;
    }

    private static int named(String text, int from, StringBuilder out, int line) {
        int end = text.startsWith("{", from) ? text.indexOf('}', from) : -1;
        if (end < 0) throw Fault.syntax(line, "malformed \\N character escape");
        try {
            out.appendCodePoint(Character.codePointOf(text.substring(from + 1, end)));
        } catch (IllegalArgumentException _) {
            throw Fault.syntax(line, "unknown Unicode character name");
        }
        return end + 1;
    }

    private static int octal(String text, int from, StringBuilder out) {
        int code = 0;
        int i = from;
        while (i < from + 3 && i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '7')
            code = code * 8 + (text.charAt(i++) - '0');
        out.append((char) code);
        return i;
    }
}
