package dev.nacelle.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** {@code format % values}, as in C. */
final class PercentFormat {
    private final Run run;
    private final Object values;
    private final boolean escape;
    private int next;

    private PercentFormat(Run run, Object values, boolean escape) {
        this.run = run;
        this.values = values;
        this.escape = escape;
    }

    static String format(Run run, String format, Object values, boolean escape) {
        var formatter = new PercentFormat(run, values, escape);
        String text = formatter.text(format);
        boolean all = values instanceof Tuple tuple
                ? formatter.next >= tuple.size()
                : formatter.next > 0 || isMapping(values);
        if (!all) throw Fault.error("not all arguments converted during string formatting");
        return run.made(text);
    }

    /** What Python takes for a mapping there: everything with items, but text and tuples. */
    private static boolean isMapping(Object values) {
        return values instanceof Map<?, ?>
                || values instanceof List<?>
                || values instanceof Range
                || values instanceof Undefined;
    }

    private String text(String format) {
        var out = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c != '%') {
                out.append(c);
                continue;
            }
            if (format.startsWith("%", i)) {
                out.append('%');
                i++;
            } else i = conversion(format, i, out);
            run.checkText(out.length());
        }
        return out.toString();
    }

    private int conversion(String format, int from, StringBuilder out) {
        int i = from;
        Object keyed = null;
        if (i < format.length() && format.charAt(i) == '(') {
            int close = closing(format, i);
            if (!(values instanceof Map<?, ?> dict)) throw Fault.error("format requires a mapping");
            String key = format.substring(i + 1, close);
            keyed = Dict.get(dict, key);
            if (keyed == null) throw Fault.error("KeyError: " + Printer.repr(key));
            next++;
            i = close + 1;
        }
        String flags = "";
        while (i < format.length() && "-+ #0".indexOf(format.charAt(i)) >= 0) flags += format.charAt(i++);
        int[] number = new int[1];
        i = number(format, i, number);
        int width = number[0];
        if (width < 0 && i > from && format.charAt(i - 1) == '*') {
            flags += "-";
            width = -width;
        }
        int precision = -1;
        if (i < format.length() && format.charAt(i) == '.') {
            i = number(format, i + 1, number);
            precision = Math.max(0, number[0]);
        }
        while (i < format.length() && "hlL".indexOf(format.charAt(i)) >= 0) i++;
        if (i >= format.length()) throw Fault.error("incomplete format");
        char type = format.charAt(i++);
        Object value = keyed != null ? keyed : argument();
        out.append(padded(converted(value, type, flags, precision), flags, width, type));
        return i;
    }

    private static int closing(String format, int open) {
        int depth = 0;
        for (int i = open; i < format.length(); i++) {
            if (format.charAt(i) == '(') depth++;
            if (format.charAt(i) == ')' && --depth == 0) return i;
        }
        throw Fault.error("incomplete format key");
    }

    private int number(String format, int from, int[] into) {
        int i = from;
        into[0] = 0;
        if (i < format.length() && format.charAt(i) == '*') {
            Object value = argument();
            if (!Types.isInteger(value)) throw Fault.error("* wants int");
            long number = PythonNumber.index(value);
            run.checkText(Math.abs(number));
            into[0] = (int) number;
            return i + 1;
        }
        long number = 0;
        while (i < format.length() && format.charAt(i) >= '0' && format.charAt(i) <= '9') {
            number = Math.min(Integer.MAX_VALUE, number * 10 + format.charAt(i++) - '0');
        }
        run.checkText(number);
        into[0] = (int) number;
        return i;
    }

    private Object argument() {
        List<Object> all = values instanceof Tuple tuple ? tuple.items() : List.of(values);
        if (next >= all.size()) throw Fault.error("not enough arguments for format string");
        return all.get(next++);
    }

    private String converted(Object value, char type, String flags, int precision) {
        return switch (type) {
            case 's', 'r', 'a' -> {
                String text = type == 's' ? run.str(value) : run.repr(value);
                if (type == 'a') text = ascii(text);
                if (escape && !(type == 's' && value instanceof Markup)) text = Markup.escape(text);
                yield precision >= 0 && precision < PythonText.length(text)
                        ? PythonText.substring(text, 0, precision)
                        : text;
            }
            case 'c' -> {
                if (Types.isText(value) && PythonText.length(Types.text(value)) == 1) yield Types.text(value);
                if (!Types.isInteger(value)) throw Fault.error("%c requires int or char");
                long code = PythonNumber.index(value);
                if (code < 0 || code > Character.MAX_CODE_POINT) throw Fault.error("%c arg not in range(0x110000)");
                yield Character.toString((int) code);
            }
            case 'd', 'i', 'u' -> {
                BigInteger whole = value instanceof Double real
                        ? PythonNumber.big(PythonNumber.truncate(real))
                        : whole(value, type);
                yield zeros(whole.toString(), precision, flags);
            }
            case 'x', 'X', 'o' -> {
                BigInteger whole = whole(value, type);
                String digits = zeros(whole.toString(type == 'o' ? 8 : 16), precision, flags);
                if (flags.indexOf('#') >= 0)
                    digits = digits.replaceFirst("^([-+ ]?)", "$10" + (type == 'o' ? 'o' : 'x'));
                yield type == 'X' ? digits.toUpperCase(java.util.Locale.ROOT) : digits;
            }
            case 'e', 'E', 'f', 'F', 'g', 'G' -> {
                if (value instanceof Undefined undefined) throw undefined.fault();
                if (!Types.isNumber(value)) throw Fault.error("must be real number, not " + Types.name(value));
                char sign = flags.indexOf('+') >= 0 ? '+' : flags.indexOf(' ') >= 0 ? ' ' : '-';
                yield new FormatSpec(" ", ' ', sign, flags.indexOf('#') >= 0, 0, ' ', precision, type)
                        .format(run, PythonNumber.real(value));
            }
            default -> throw Fault.error("unsupported format character '%s' (0x%x)".formatted(type, (int) type));
        };
    }

    private static BigInteger whole(Object value, char type) {
        if (value instanceof Undefined undefined) throw undefined.fault();
        if (!Types.isInteger(value)) {
            throw Fault.error("%%%s format: %s is required, not %s"
                    .formatted(
                            type,
                            type == 'd' || type == 'i' || type == 'u' ? "a real number" : "an integer",
                            Types.name(value)));
        }
        return PythonNumber.big(value);
    }

    private static String zeros(String digits, int precision, String flags) {
        boolean negative = digits.startsWith("-");
        String plain = negative ? digits.substring(1) : digits;
        if (precision > plain.length()) plain = "0".repeat(precision - plain.length()) + plain;
        return (negative ? "-" : flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "") + plain;
    }

    private static String padded(String text, String flags, int width, char type) {
        int missing = width - PythonText.length(text);
        if (missing <= 0) return text;
        if (flags.indexOf('-') >= 0) return text + " ".repeat(missing);
        if (flags.indexOf('0') < 0 || "srac".indexOf(type) >= 0) return " ".repeat(missing) + text;
        int from = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
        if (flags.indexOf('#') >= 0 && "xXo".indexOf(type) >= 0) from += 2;
        return text.substring(0, from) + "0".repeat(missing) + text.substring(from);
    }

    static String ascii(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c < 0x80) out.append((char) c);
            else out.append((c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c));
        });
        return out.toString();
    }
}
