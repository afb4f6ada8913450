package dev.nacelle.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Iterator;
import java.util.Map;

/** Python's {@code str} and {@code repr}. */
final class Printer {
    /** For what is printed into messages and the like, where no rendering with limits of its own is at hand. */
    private static final int CHARS_MAX = 4 << 20;

    private final StringBuilder out = new StringBuilder();
    private final int charsMax;

    private Printer(int charsMax) {
        this.charsMax = charsMax;
    }

    static String str(Object value) {
        return str(value, CHARS_MAX);
    }

    /** At most that many characters of what is no text already. */
    static String str(Object value, int charsMax) {
        return switch (value) {
            case String text -> text;
            case Long whole -> Long.toString(whole);
            case Markup markup -> markup.text();
            case Undefined _ -> "";
            default -> repr(value, charsMax);
        };
    }

    static String repr(Object value) {
        return repr(value, CHARS_MAX);
    }

    static String repr(Object value, int charsMax) {
        var printer = new Printer(charsMax);
        printer.print(value, 0);
        return printer.out.toString();
    }

    private void print(Object value, int depth) {
        if (depth > Run.DATA_DEPTH_MAX) throw Fault.limit("data nested deeper than %d".formatted(Run.DATA_DEPTH_MAX));
        if (out.length() > charsMax) throw Fault.limit("data prints as more than %d characters".formatted(charsMax));
        switch (value) {
            case String text -> quoted(text);
            case Boolean truth -> out.append(truth ? "True" : "False");
            case None _ -> out.append("None");
            case Double real -> out.append(real(real));
            case Iterable<?> items when value instanceof java.util.List<?> -> all("[", items.iterator(), "]", depth);
            case Tuple tuple -> all("(", tuple.items().iterator(), tuple.size() == 1 ? ",)" : ")", depth);
            case Map<?, ?> dict -> dict(dict, depth);
            case Markup markup -> {
                out.append("Markup(");
                quoted(markup.text());
                out.append(')');
            }
            case Undefined _ -> out.append("Undefined");
            case Range range -> {
                out.append("range(").append(range.start()).append(", ").append(range.stop());
                if (range.step() != 1) out.append(", ").append(range.step());
                out.append(')');
            }
            case DictView view -> all(Types.name(view) + "([", view.iterator(), "])", depth);
            case Namespace namespace -> {
                out.append("<Namespace ");
                dict(namespace.fields, depth);
                out.append('>');
            }
            case LoopContext loop ->
                out.append("<LoopContext ")
                        .append(loop.index())
                        .append('/')
                        .append(loop.size())
                        .append('>');
            case Invocable invocable -> out.append(invocable.printed());
            case Generator generator -> out.append('<').append(generator.type()).append(" object>");
            default -> out.append(value);
        }
    }

    private void all(String open, Iterator<?> items, String close, int depth) {
        out.append(open);
        for (boolean first = true; items.hasNext(); first = false) {
            if (!first) out.append(", ");
            print(items.next(), depth + 1);
        }
        out.append(close);
    }

    private void dict(Map<?, ?> dict, int depth) {
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            if (!first) out.append(", ");
            first = false;
            print(entry.getKey(), depth + 1);
            out.append(": ");
            print(entry.getValue(), depth + 1);
        }
        out.append('}');
    }

    private void quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c == quote) out.append('\\').append(quote);
                    else if (isPrintable(c)) out.appendCodePoint(c);
                    else out.append((c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c));
                }
            }
        }
        out.append(quote);
    }

    static boolean isPrintable(int c) {
        if (c >= ' ' && c < 0x7f) return true;
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    /** The shortest digits that read back as this value, with an exponent below 1e-4 and from 1e16. */
    static String real(double value) {
        if (Double.isNaN(value)) return "nan";
        if (Double.isInfinite(value)) return value > 0 ? "inf" : "-inf";
        if (value == 0) return 1 / value < 0 ? "-0.0" : "0.0";
        double size = Math.abs(value);
        if (size >= 1e-3 && size < 1e7) return Double.toString(value);
        var decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (decimal.precision() == 2) {
            // Java prints at least two digits; among the smallest numbers one may be enough.
            BigDecimal shorter = decimal.round(new MathContext(1));
            if (shorter.doubleValue() == value) decimal = shorter;
        }
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = decimal.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = decimal.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return "%s%se%s%02d".formatted(value < 0 ? "-" : "", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
