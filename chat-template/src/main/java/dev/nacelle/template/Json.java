package dev.nacelle.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filter {@code tojson} as Hugging Face defines it: Python's {@code json.dumps}, which escapes no HTML and, unless asked, no Unicode. */
final class Json {
    private final Run run;
    private final StringBuilder out = new StringBuilder();
    private final boolean ascii;
    private final boolean sorted;
    private final @Nullable String indent;
    private final String between;
    private final String afterKey;

    private Json(Run run, boolean ascii, boolean sorted, @Nullable String indent, String between, String afterKey) {
        this.run = run;
        this.ascii = ascii;
        this.sorted = sorted;
        this.indent = indent;
        this.between = between;
        this.afterKey = afterKey;
    }

    static Object filter(Run run, Object input, @Nullable Object[] passed) {
        String indent = indent(run, passed[1]);
        String between = indent == null ? ", " : ",";
        String afterKey = ": ";
        if (passed[2] != null && passed[2] != None.NONE) {
            List<Object> separators = Containers.list(run, passed[2]);
            if (separators.size() != 2) throw Fault.error("separators must be two texts");
            between = Types.text("item separator", separators.get(0));
            afterKey = Types.text("key separator", separators.get(1));
        }
        var json = new Json(run, Filters.truth(passed[0]), Filters.truth(passed[3]), indent, between, afterKey);
        json.write(input, 0);
        return run.made(json.out.toString());
    }

    private static @Nullable String indent(Run run, @Nullable Object passed) {
        if (passed == null || passed == None.NONE) return null;
        if (Types.isText(passed)) return Types.text(passed);
        return PythonText.repeat(run, " ", passed);
    }

    private void write(Object value, int depth) {
        if (depth > Run.DATA_DEPTH_MAX) throw Fault.limit("data nested deeper than %d".formatted(Run.DATA_DEPTH_MAX));
        run.checkText(out.length());
        switch (value) {
            case String text -> quoted(text);
            case Markup markup -> quoted(markup.text());
            case List<?> list -> list(list, depth);
            case Tuple tuple -> list(tuple.items(), depth);
            case Map<?, ?> dict -> dict(dict, depth);
            default -> {
                String scalar = scalar(value);
                if (scalar == null)
                    throw Fault.error("Object of type %s is not JSON serializable".formatted(Types.name(value)));
                out.append(scalar);
            }
        }
    }

    private static @Nullable String scalar(Object value) {
        return switch (value) {
            case Boolean truth -> truth ? "true" : "false";
            case None _ -> "null";
            case Long whole -> whole.toString();
            case BigInteger whole -> whole.toString();
            case Double real when real.isNaN() -> "NaN";
            case Double real when real.isInfinite() -> real > 0 ? "Infinity" : "-Infinity";
            case Double real -> Printer.real(real);
            default -> null;
        };
    }

    private void list(List<?> list, int depth) {
        out.append('[');
        boolean first = true;
        for (Object item : list) {
            if (!first) out.append(between);
            first = false;
            line(depth + 1);
            write(item, depth + 1);
        }
        if (!first) line(depth);
        out.append(']');
    }

    private void dict(Map<?, ?> dict, int depth) {
        out.append('{');
        boolean first = true;
        Iterator<? extends Map.Entry<?, ?>> entries = (sorted ? sorted(dict) : dict.entrySet()).iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            if (!first) out.append(between);
            first = false;
            line(depth + 1);
            quoted(key(entry.getKey()));
            out.append(afterKey);
            write(entry.getValue(), depth + 1);
        }
        if (!first) line(depth);
        out.append('}');
    }

    private static List<Map.Entry<?, ?>> sorted(Map<?, ?> dict) {
        List<Map.Entry<?, ?>> entries = new ArrayList<>(dict.entrySet());
        Comparator<Map.Entry<?, ?>> byKey = (left, right) -> Ordering.ASCENDING.compare(left.getKey(), right.getKey());
        entries.sort(byKey);
        return entries;
    }

    private static String key(Object key) {
        if (key instanceof String text) return text;
        String scalar = scalar(key);
        if (scalar == null) throw Fault.error("keys must be str, int, float, bool or None, not " + Types.name(key));
        return scalar;
    }

    private void line(int depth) {
        if (indent == null) return;
        out.append('\n');
        run.checkText(out.length() + (long) indent.length() * depth);
        for (int i = 0; i < depth; i++) out.append(indent);
    }

    private void quoted(String text) {
        out.append('"');
        int done = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && (c < 0x7f || !ascii)) continue;
            if (c == 0x7f) continue;
            out.append(text, done, i);
            done = i + 1;
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> out.append("\\u%04x".formatted((int) c));
            }
        }
        out.append(text, done, text.length()).append('"');
    }
}
