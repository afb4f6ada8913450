package dev.nacelle.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code str.format}: replacement fields in braces. */
final class StrFormat {
    private final Run run;
    private final List<Object> positional;
    private final Map<?, ?> named;
    private final boolean escape;
    private int automatic;
    private boolean manual;

    private StrFormat(Run run, List<Object> positional, Map<?, ?> named, boolean escape) {
        this.run = run;
        this.positional = positional;
        this.named = named;
        this.escape = escape;
    }

    static String format(Run run, String format, Arguments arguments, boolean escape) {
        Map<Object, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < arguments.names().size(); i++)
            named.put(arguments.names().get(i), arguments.values().get(i));
        return run.made(new StrFormat(run, arguments.positional(), named, escape).text(format, 2));
    }

    static String formatMap(Run run, String format, Arguments arguments, boolean escape) {
        if (!arguments.names().isEmpty()) throw Fault.error("format_map() takes no keyword arguments");
        if (arguments.positional().size() != 1) {
            throw Fault.error("format_map() takes exactly one argument (%d given)"
                    .formatted(arguments.positional().size()));
        }
        if (!(arguments.positional().getFirst() instanceof Map<?, ?> named))
            throw Fault.error("format_map() argument must be a mapping");
        return run.made(new StrFormat(run, List.of(), named, escape).text(format, 2));
    }

    private String text(String format, int levels) {
        if (levels < 0) throw Fault.error("Max string recursion exceeded");
        var out = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c != '{' && c != '}') {
                out.append(c);
            } else if (i < format.length() && format.charAt(i) == c) {
                out.append(c);
                i++;
            } else if (c == '}') {
                throw Fault.error("Single '}' encountered in format string");
            } else {
                int end = fieldEnd(format, i);
                out.append(field(format.substring(i, end), levels));
                i = end + 1;
            }
            run.checkText(out.length());
        }
        return out.toString();
    }

    private static int fieldEnd(String format, int from) {
        if (from >= format.length()) throw Fault.error("Single '{' encountered in format string");
        int open = 1;
        boolean bracket = false;
        for (int i = from; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c == '[' && open == 1) bracket = true;
            if (c == ']') bracket = false;
            if (bracket) continue;
            if (c == '{') open++;
            if (c == '}' && --open == 0) return i;
        }
        throw Fault.error("expected '}' before end of string");
    }

    private String field(String field, int levels) {
        int nameEnd = 0;
        boolean bracket = false;
        while (nameEnd < field.length()) {
            char c = field.charAt(nameEnd);
            if (c == '[') bracket = true;
            if (c == ']') bracket = false;
            if (!bracket && (c == '!' || c == ':')) break;
            nameEnd++;
        }
        Object value = value(field.substring(0, nameEnd));
        int at = nameEnd;
        if (at < field.length() && field.charAt(at) == '!') {
            if (at + 1 >= field.length()) throw Fault.error("end of string while looking for conversion specifier");
            char conversion = field.charAt(at + 1);
            at += 2;
            if (at < field.length() && field.charAt(at) != ':')
                throw Fault.error("expected ':' after conversion specifier");
            value = switch (conversion) {
                case 's' -> run.str(value);
                case 'r' -> run.repr(value);
                case 'a' -> PercentFormat.ascii(run.repr(value));
                default -> throw Fault.error("Unknown conversion specifier '%s'".formatted(conversion));
            };
        }
        String spec = at < field.length() ? text(field.substring(at + 1), levels - 1) : "";
        if (!escape) return FormatSpec.format(run, value, spec);
        if (value instanceof Markup markup) {
            if (!spec.isEmpty()) throw Fault.error("Unsupported format specification for Markup.");
            return markup.text();
        }
        return Markup.escape(FormatSpec.format(run, value, spec));
    }

    private Object value(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') end++;
        Object value = first(path.substring(0, end));
        int at = end;
        while (at < path.length()) {
            if (path.charAt(at) == '.') {
                int next = at + 1;
                while (next < path.length() && path.charAt(next) != '.' && path.charAt(next) != '[') next++;
                if (next == at + 1) throw Fault.error("Empty attribute in format string");
                value = Attributes.attribute(value, path.substring(at + 1, next));
                at = next;
            } else if (path.charAt(at) == '[') {
                int close = path.indexOf(']', at);
                if (close < 0) throw Fault.error("Missing ']' in format string");
                if (close == at + 1) throw Fault.error("Empty attribute in format string");
                String key = path.substring(at + 1, close);
                value = Attributes.item(value, isNumber(key) ? (Object) Long.valueOf(key) : key);
                at = close + 1;
            } else {
                throw Fault.error("Only '.' or '[' may follow ']' in format field specifier");
            }
        }
        return value;
    }

    private Object first(String name) {
        if (name.isEmpty() || isNumber(name)) {
            boolean isManual = !name.isEmpty();
            if (isManual ? automatic > 0 : manual) {
                throw Fault.error(
                        isManual
                                ? "cannot switch from automatic field numbering to manual field specification"
                                : "cannot switch from manual field specification to automatic field numbering");
            }
            manual |= isManual;
            int index = isManual ? Integer.parseInt(name) : automatic++;
            if (index >= positional.size()) {
                throw Fault.error("Replacement index %d out of range for positional args tuple".formatted(index));
            }
            return positional.get(index);
        }
        Object value = Dict.get(named, name);
        if (value == null) throw Fault.error("KeyError: " + Printer.repr(name));
        return value;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
