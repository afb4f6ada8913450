package dev.nacelle.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Python's format specification mini-language: {@code [[fill]align][sign][#][0][width][grouping][.precision][type]}.
 *
 * @param align one of {@code < > ^ =}, or a space when not given; likewise grouping and type
 * @param precision -1 when not given
 */
record FormatSpec(
        String fill, char align, char sign, boolean alternate, int width, char grouping, int precision, char type) {
    private static final Pattern SYNTAX = Pattern.compile(
            "(?:(?<fill>.)?(?<align>[<>^=]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?(?<width>\\d{1,9})?(?<grouping>[,_])?(?:\\.(?<precision>\\d{1,9}))?(?<type>[a-zA-Z%])?",
            Pattern.DOTALL);

    static FormatSpec parse(String text) {
        Matcher found = SYNTAX.matcher(text);
        if (!found.matches()) throw Fault.error("Invalid format specifier '%s'".formatted(text));
        boolean zero = found.group("zero") != null;
        String fill = found.group("fill");
        return new FormatSpec(
                fill != null ? fill : zero ? "0" : " ",
                found.group("align") != null ? found.group("align").charAt(0) : zero ? '=' : ' ',
                found.group("sign") == null ? '-' : found.group("sign").charAt(0),
                found.group("alternate") != null,
                found.group("width") == null ? 0 : Integer.parseInt(found.group("width")),
                first(found.group("grouping")),
                found.group("precision") == null ? -1 : Integer.parseInt(found.group("precision")),
                first(found.group("type")));
    }

    private static char first(@org.jspecify.annotations.Nullable String group) {
        return group == null ? ' ' : group.charAt(0);
    }

    /** Python's {@code format(value, spec)}. */
    static String format(Run run, Object value, String spec) {
        if (spec.isEmpty()) return run.str(value);
        if (!Types.isText(value) && !Types.isNumber(value)) {
            throw Fault.error("unsupported format string passed to %s.__format__".formatted(Types.name(value)));
        }
        return parse(spec).format(run, value);
    }

    String format(Run run, Object value) {
        run.checkText(Math.max(width, precision));
        return run.made(Types.isText(value) ? text(run, Types.text(value)) : number(value));
    }

    private String text(Run run, String value) {
        if (type != ' ' && type != 's') throw unknownType("str");
        if (align == '=' && !fill.equals("0"))
            throw Fault.error("'=' alignment not allowed in string format specifier");
        if (sign != '-') throw Fault.error("Sign not allowed in string format specifier");
        String cut = precision >= 0 && precision < PythonText.length(value)
                ? PythonText.substring(value, 0, precision)
                : value;
        return switch (align) {
            case '>' -> TextMethods.pad(run, cut, width, fill, 1);
            case '^' -> centered(cut);
            default -> TextMethods.pad(run, cut, width, fill, -1);
        };
    }

    private String centered(String text) {
        int missing = Math.max(0, width - PythonText.length(text));
        return fill.repeat(missing / 2) + text + fill.repeat(missing - missing / 2);
    }

    private String number(Object value) {
        boolean real = value instanceof Double || "eEfFgG%".indexOf(type) >= 0;
        if (type == 'c' && !real) return aligned("", "", Character.toString((int) PythonNumber.index(value)), ' ');
        return real ? real(PythonNumber.real(value), value instanceof Double) : whole(PythonNumber.big(value));
    }

    private String whole(BigInteger value) {
        if (precision >= 0) throw Fault.error("Precision not allowed in integer format specifier");
        int radix = switch (type) {
            case ' ', 'd', 'n' -> 10;
            case 'b' -> 2;
            case 'o' -> 8;
            case 'x', 'X' -> 16;
            default -> throw unknownType("int");
        };
        String digits = value.abs().toString(radix);
        if (type == 'X') digits = digits.toUpperCase(java.util.Locale.ROOT);
        String prefix = alternate && radix != 10 ? "0" + type : "";
        return aligned(signOf(value.signum() < 0), prefix, grouped(digits, radix == 10 ? 3 : 4), '>');
    }

    private String real(double value, boolean isReal) {
        boolean negative = value < 0 || (value == 0 && 1 / value < 0);
        String digits;
        if (Double.isNaN(value) || Double.isInfinite(value)) digits = Double.isNaN(value) ? "nan" : "inf";
        else digits = digits(Math.abs(value), isReal);
        if (type == 'E' || type == 'F' || type == 'G') digits = digits.toUpperCase(java.util.Locale.ROOT);
        int end = 0;
        while (end < digits.length() && Character.isDigit(digits.charAt(end))) end++;
        return aligned(signOf(negative), "", grouped(digits.substring(0, end), 3) + digits.substring(end), '>');
    }

    private String digits(double value, boolean isReal) {
        return switch (type) {
            case 'f', 'F' -> fixed(value, precision < 0 ? 6 : precision);
            case '%' -> fixed(value * 100, precision < 0 ? 6 : precision) + "%";
            case 'e', 'E' -> exponential(value, precision < 0 ? 6 : precision);
            case 'g', 'G', 'n' -> general(value, precision < 0 ? 6 : Math.max(1, precision), alternate);
            case ' ' -> {
                if (precision < 0) yield Printer.real(value);
                String text = general(value, Math.max(1, precision), false);
                yield isReal && text.matches("\\d+") && text.length() < Math.max(2, precision + 1) ? text + ".0" : text;
            }
            default -> throw unknownType("float");
        };
    }

    private String fixed(double value, int digits) {
        String text =
                new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        return alternate && digits == 0 ? text + "." : text;
    }

    private static String exponential(double value, int digits) {
        if (value == 0) return (digits == 0 ? "0" : "0." + "0".repeat(digits)) + "e+00";
        var rounded = new BigDecimal(value).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String all = rounded.unscaledValue().toString();
        String padded =
                all.length() > digits + 1 ? all.substring(0, digits + 1) : all + "0".repeat(digits + 1 - all.length());
        String mantissa = digits == 0 ? padded : padded.charAt(0) + "." + padded.substring(1);
        return "%se%s%02d".formatted(mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    private static String general(double value, int digits, boolean keepZeros) {
        String scientific = exponential(value, digits - 1);
        int e = scientific.indexOf('e');
        int exponent = Integer.parseInt(scientific.substring(e + 1));
        boolean plain = exponent >= -4 && exponent < digits;
        String text = plain
                ? new BigDecimal(value)
                        .setScale(digits - 1 - exponent, RoundingMode.HALF_EVEN)
                        .toPlainString()
                : scientific.substring(0, e);
        if (!keepZeros && text.indexOf('.') >= 0)
            text = text.replaceAll("0+$", "").replaceAll("\\.$", "");
        return plain ? text : text + scientific.substring(e);
    }

    private String signOf(boolean negative) {
        return negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
    }

    private String grouped(String digits, int size) {
        if (grouping == ' ') return digits;
        var out = new StringBuilder(digits);
        for (int at = digits.length() - size; at > 0; at -= size) out.insert(at, grouping);
        return out.toString();
    }

    private String aligned(String signText, String prefix, String digits, char usual) {
        char side = align == ' ' ? usual : align;
        int missing = Math.max(0, width - signText.length() - prefix.length() - digits.length());
        String whole = signText + prefix + digits;
        return switch (side) {
            case '=' -> signText + prefix + fill.repeat(missing) + digits;
            case '^' -> fill.repeat(missing / 2) + whole + fill.repeat(missing - missing / 2);
            case '<' -> whole + fill.repeat(missing);
            default -> fill.repeat(missing) + whole;
        };
    }

    private Fault unknownType(String of) {
        return Fault.error("Unknown format code '%s' for object of type '%s'".formatted(type, of));
    }
}
