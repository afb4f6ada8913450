package dev.nacelle.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters that give text. */
final class TextFilters {
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    private TextFilters() {}

    static void addTo(Map<String, Filter> all) {
        Filters.add(
                all,
                "trim",
                Parameters.named("trim", 0, "chars"),
                (run, input, passed) -> map(run, input, text -> TextMethods.strip(run, text, passed[0], true, true)));
        Filters.add(
                all,
                "upper",
                Filters.none("upper"),
                (run, input, _) -> map(run, input, text -> run.made(text.toUpperCase(Locale.ROOT))));
        Filters.add(
                all,
                "lower",
                Filters.none("lower"),
                (run, input, _) -> map(run, input, text -> run.made(text.toLowerCase(Locale.ROOT))));
        Filters.add(
                all,
                "capitalize",
                Filters.none("capitalize"),
                (run, input, _) -> map(run, input, text -> run.made(TextMethods.capitalize(text))));
        Filters.add(all, "title", Filters.none("title"), (run, input, _) -> run.made(title(run.str(input))));
        Filters.add(
                all,
                "string",
                Filters.none("string"),
                (run, input, _) -> Types.isText(input) ? input : run.made(run.str(input)));
        Filters.add(all, "safe", Filters.none("safe"), (run, input, _) -> new Markup(run.str(input)));
        for (String name : List.of("e", "escape")) {
            Filters.add(all, name, Filters.none(name), (run, input, _) -> new Markup(run.made(Markup.escape(input))));
        }
        Filters.add(
                all,
                "forceescape",
                Filters.none("forceescape"),
                (run, input, _) -> new Markup(run.made(Markup.escape(run.str(input)))));
        Filters.add(all, "replace", Parameters.named("replace", 2, "old", "new", "count"), TextFilters::replace);
        Filters.add(all, "join", Parameters.named("join", 0, "d", "attribute"), TextFilters::join);
        Filters.add(all, "indent", Parameters.named("indent", 0, "width", "first", "blank"), TextFilters::indent);
        Filters.add(all, "center", Parameters.named("center", 0, "width"), (run, input, passed) -> {
            long width = passed[0] == null ? 80 : PythonNumber.index(passed[0]);
            return map(run, input, text -> TextMethods.pad(run, text, width, " ", 0));
        });
        Filters.add(
                all,
                "truncate",
                Parameters.named("truncate", 0, "length", "killwords", "end", "leeway"),
                TextFilters::truncate);
        Filters.add(
                all,
                "wordcount",
                Filters.none("wordcount"),
                (run, input, _) -> WORD.matcher(run.str(input)).results().count());
        Filters.add(all, "urlencode", Filters.none("urlencode"), (run, input, _) -> run.made(urlEncode(run, input)));
        all.put("format", TextFilters::format);
    }

    /** What Python's {@code soft_str} is for: marked text stays marked, everything else becomes text. */
    private static Object map(Run run, Object input, java.util.function.UnaryOperator<String> function) {
        return input instanceof Markup markup
                ? new Markup(function.apply(markup.text()))
                : function.apply(run.str(input));
    }

    private static String title(String text) {
        var out = new StringBuilder();
        boolean first = true;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean between = c == '-' || c == '(' || c == '{' || c == '[' || c == '<' || PythonText.isSpace(c);
            String letter = Character.toString(c);
            out.append(first ? letter.toUpperCase(Locale.ROOT) : letter.toLowerCase(Locale.ROOT));
            first = between;
        }
        return out.toString();
    }

    private static Object replace(Run run, Object input, @Nullable Object[] passed) {
        long count = passed[2] == null || passed[2] == None.NONE ? -1 : PythonNumber.index(passed[2]);
        String old = run.str(TextMethods.given(passed[0]));
        return PythonText.replace(run, run.str(input), old, run.str(TextMethods.given(passed[1])), count);
    }

    private static Object join(Run run, Object input, @Nullable Object[] passed) {
        String between = passed[0] == null ? "" : run.str(passed[0]);
        AttributePath path = passed[1] == null || passed[1] == None.NONE ? null : AttributePath.of(passed[1]);
        var out = new StringBuilder();
        Iterator<Object> items = Containers.iterate(input);
        for (boolean first = true; items.hasNext(); first = false) {
            if (!first) out.append(between);
            Object item = items.next();
            out.append(run.str(path == null ? item : path.of(item, null)));
            run.checkText(out.length());
        }
        return run.made(out.toString());
    }

    private static Object indent(Run run, Object input, @Nullable Object[] passed) {
        if (input instanceof Undefined undefined) throw undefined.fault();
        if (!Types.isText(input)) {
            throw Fault.error("unsupported operand type(s) for +=: '%s' and 'str'".formatted(Types.name(input)));
        }
        boolean marked = input instanceof Markup;
        Object width = passed[0] == null ? 4L : passed[0];
        String indention = Types.isText(width) ? Types.text(width) : PythonText.repeat(run, " ", width);
        boolean blank = Filters.truth(passed[2]);
        List<Object> lines = PythonText.lines(Types.text(input) + "\n", false);
        var out = new StringBuilder(Filters.truth(passed[1]) ? indention : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            if (i > 0) out.append('\n');
            if (i > 0 && (blank || !line.isEmpty())) out.append(indention);
            run.checkText(out.append(line).length());
        }
        String text = run.made(out.toString());
        return marked ? new Markup(text) : text;
    }

    private static Object truncate(Run run, Object input, @Nullable Object[] passed) {
        long length = passed[0] == null ? 255 : PythonNumber.index(passed[0]);
        String end = passed[2] == null ? "..." : Types.text("end", passed[2]);
        long leeway = passed[3] == null || passed[3] == None.NONE ? 5 : PythonNumber.index(passed[3]);
        int endLength = PythonText.length(end);
        if (length < endLength) throw Fault.error("expected length >= %d, got %d".formatted(endLength, length));
        if (leeway < 0) throw Fault.error("expected leeway >= 0, got %d".formatted(leeway));
        if (Containers.length(input) <= length + leeway) return input;
        if (!Types.isText(input)) throw Fault.error("truncate works on text, not on %s".formatted(Types.name(input)));
        String kept = PythonText.substring(Types.text(input), 0, (int) (length - endLength));
        int space = Filters.truth(passed[1]) ? -1 : kept.lastIndexOf(' ');
        String shortened = space < 0 ? kept : kept.substring(0, space);
        return Operators.add(run, input instanceof Markup ? new Markup(shortened) : shortened, end);
    }

    private static Object format(Run run, Object input, Arguments arguments) {
        if (!arguments.positional().isEmpty() && !arguments.names().isEmpty()) {
            throw Fault.error("can't handle positional and keyword arguments at the same time");
        }
        Object values = new Tuple(new ArrayList<>(arguments.positional()));
        if (!arguments.names().isEmpty()) {
            Map<Object, Object> named = new java.util.LinkedHashMap<>();
            for (int i = 0; i < arguments.names().size(); i++)
                named.put(arguments.names().get(i), arguments.values().get(i));
            values = named;
        }
        return Operators.modulo(run, Types.isText(input) ? input : run.str(input), values);
    }

    private static String urlEncode(Run run, Object input) {
        if (Types.isText(input) || !Containers.isIterable(input)) return quote(run.str(input), "/", "%20");
        var out = new StringBuilder();
        Iterator<Object> pairs = input instanceof Map<?, ?> dict
                ? new DictView(DictView.Kind.ITEMS, dict).iterator()
                : Containers.iterate(input);
        while (pairs.hasNext()) {
            if (!(pairs.next() instanceof Tuple pair) || pair.size() != 2) throw Fault.error("urlencode expects pairs");
            if (!out.isEmpty()) out.append('&');
            out.append(quote(run.str(pair.get(0)), "", "+")).append('=').append(quote(run.str(pair.get(1)), "", "+"));
        }
        return out.toString();
    }

    private static String quote(String text, String safe, String space) {
        var out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    c < 0x80 && (Character.isLetterOrDigit(c) || "_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0);
            if (plain) out.append(c);
            else out.append(c == ' ' ? space : "%%%02X".formatted((int) c));
        }
        return out.toString();
    }
}
