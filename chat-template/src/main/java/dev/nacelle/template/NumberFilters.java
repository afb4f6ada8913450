package dev.nacelle.template;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters that give numbers, or print them. */
final class NumberFilters {
    private static final Pattern REAL =
            Pattern.compile("[+-]?(\\d+(_\\d+)*\\.?(\\d+(_\\d+)*)?|\\.\\d+(_\\d+)*)([eE][+-]?\\d+(_\\d+)*)?");
    private static final Pattern NO_NUMBER = Pattern.compile("([+-]?)(inf|infinity|nan)", Pattern.CASE_INSENSITIVE);

    private NumberFilters() {}

    static void addTo(Map<String, Filter> all) {
        Filters.add(all, "int", Parameters.named("int", 0, "default", "base"), NumberFilters::integer);
        Filters.add(all, "float", Parameters.named("float", 0, "default"), NumberFilters::real);
        Filters.add(all, "round", Parameters.named("round", 0, "precision", "method"), NumberFilters::round);
        Filters.add(all, "abs", Filters.none("abs"), (_, input, _) -> {
            if (input instanceof Undefined undefined) throw undefined.fault();
            if (!Types.isNumber(input))
                throw Fault.error("bad operand type for abs(): '%s'".formatted(Types.name(input)));
            return PythonNumber.absolute(input);
        });
        Filters.add(all, "filesizeformat", Parameters.named("filesizeformat", 0, "binary"), NumberFilters::fileSize);
    }

    private static Object integer(Run run, Object input, @Nullable Object[] passed) {
        Object fallback = passed[0] == null ? 0L : passed[0];
        if (input instanceof Undefined undefined) throw undefined.fault();
        if (Types.isInteger(input)) return PythonNumber.add(0L, input);
        if (Types.isText(input)) {
            BigInteger whole = parse(Types.text(input), passed[1] == null ? 10 : (int) PythonNumber.index(passed[1]));
            if (whole != null) return PythonNumber.integer(whole);
        }
        Double real =
                input instanceof Double number ? number : Types.isText(input) ? parseReal(Types.text(input)) : null;
        return real == null || real.isNaN() || real.isInfinite() ? fallback : PythonNumber.truncate(real);
    }

    private static @Nullable BigInteger parse(String text, int base) {
        String digits = PythonText.strip(text, true, true).toLowerCase(Locale.ROOT);
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) digits = digits.substring(1);
        int radix = base;
        String prefix = digits.length() > 2 ? digits.substring(0, 2) : "";
        int named = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : prefix.equals("0b") ? 2 : 0;
        if (named != 0 && (base == 0 || base == named)) {
            radix = named;
            digits = digits.substring(2);
            if (digits.startsWith("_")) digits = digits.substring(1);
        } else if (base == 0) {
            if (digits.length() > 1 && digits.startsWith("0") && !digits.matches("0(_?0)*")) return null;
            radix = 10;
        }
        if (radix < 2 || radix > 36) throw Fault.error("int() base must be >= 2 and <= 36, or 0");
        if (!digits.matches("\\p{Nd}+(_\\p{Nd}+)*") && !digits.matches("[0-9a-z]+(_[0-9a-z]+)*")) return null;
        try {
            var whole = new BigInteger(digits.replace("_", ""), radix);
            return negative ? whole.negate() : whole;
        } catch (NumberFormatException _) {
            return null;
        }
    }

    private static @Nullable Double parseReal(String text) {
        String number = PythonText.strip(text, true, true);
        if (REAL.matcher(number).matches()) return Double.valueOf(number.replace("_", ""));
        var special = NO_NUMBER.matcher(number);
        if (!special.matches()) return null;
        double value = special.group(2).equalsIgnoreCase("nan") ? Double.NaN : Double.POSITIVE_INFINITY;
        return special.group(1).equals("-") ? -value : value;
    }

    private static Object real(Run run, Object input, @Nullable Object[] passed) {
        if (input instanceof Undefined undefined) throw undefined.fault();
        if (Types.isNumber(input)) return PythonNumber.real(input);
        Double parsed = Types.isText(input) ? parseReal(Types.text(input)) : null;
        return parsed != null ? parsed : passed[0] == null ? 0.0 : passed[0];
    }

    private static Object round(Run run, Object input, @Nullable Object[] passed) {
        String method = passed[1] == null ? "common" : Printer.str(passed[1]);
        if (input instanceof Undefined undefined) throw undefined.fault();
        if (!method.equals("common") && !method.equals("ceil") && !method.equals("floor")) {
            throw Fault.error("method must be common, ceil or floor");
        }
        if (!Types.isNumber(input))
            throw Fault.error("type %s doesn't define __round__ method".formatted(Types.name(input)));
        Object precision = passed[0] == null ? 0L : passed[0];
        if (method.equals("common")) {
            if (precision != None.NONE) return PythonNumber.round(input, PythonNumber.index(precision));
            return input instanceof Double real ? PythonNumber.truncate(Math.rint(real)) : PythonNumber.add(0L, input);
        }
        Object scale = PythonNumber.power(10L, PythonNumber.index(precision));
        Object scaled = PythonNumber.multiply(input, scale);
        if (scaled instanceof Double real)
            scaled = PythonNumber.truncate(method.equals("ceil") ? Math.ceil(real) : Math.floor(real));
        return PythonNumber.divide(scaled, scale);
    }

    private static Object fileSize(Run run, Object input, @Nullable Object[] passed) {
        boolean binary = Filters.truth(passed[0]);
        Double parsed = Types.isText(input)
                ? parseReal(Types.text(input))
                : Types.isNumber(input) ? (Double) PythonNumber.real(input) : null;
        if (parsed == null) throw Fault.error("could not convert %s to a number".formatted(Types.name(input)));
        double size = parsed;
        int base = binary ? 1024 : 1000;
        if (size == 1) return "1 Byte";
        if (size < base) return "%d Bytes".formatted((long) size);
        String prefixes = "kMGTPEZY";
        for (int i = 0; ; i++) {
            double unit = Math.pow(base, i + 2);
            if (size >= unit && i < prefixes.length() - 1) continue;
            char prefix = binary ? Character.toUpperCase(prefixes.charAt(i)) : prefixes.charAt(i);
            return "%s %s%s".formatted(FormatSpec.format(run, base * size / unit, ".1f"), prefix, binary ? "iB" : "B");
        }
    }
}
