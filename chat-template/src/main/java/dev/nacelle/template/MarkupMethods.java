package dev.nacelle.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of marked text: those of {@code str}, which escape what comes in and mark what goes out. */
final class MarkupMethods {
    private static final Set<String> UNMARKED = Set.of("encode", "maketrans");

    private MarkupMethods() {}

    static Method.@Nullable Body find(String name) {
        Method.Body ofText = TextMethods.find(name);
        if (ofText == null) return null;
        return switch (name) {
            case "format" -> (run, owner, arguments) -> new Markup(StrFormat.format(run, text(owner), arguments, true));
            case "format_map" ->
                (run, owner, arguments) -> new Markup(StrFormat.formatMap(run, text(owner), arguments, true));
            case "join" ->
                (run, owner, arguments) -> marked(ofText.call(run, text(owner), escapedItems(run, arguments)));
            case "replace" -> (run, owner, arguments) -> marked(ofText.call(run, text(owner), escaped(arguments, 1)));
            case "ljust", "rjust", "center" ->
                (run, owner, arguments) -> marked(ofText.call(run, text(owner), escaped(arguments, 1)));
            default ->
                (run, owner, arguments) -> {
                    Object result = ofText.call(run, text(owner), arguments);
                    return UNMARKED.contains(name) ? result : marked(result);
                };
        };
    }

    private static String text(Object owner) {
        return ((Markup) owner).text();
    }

    private static Object marked(Object value) {
        return switch (value) {
            case String text -> new Markup(text);
            case List<?> list -> markedItems(list);
            case Tuple tuple -> new Tuple(markedItems(tuple.items()));
            default -> value;
        };
    }

    private static List<Object> markedItems(List<?> list) {
        List<Object> marked = new ArrayList<>(list.size());
        for (Object item : list) marked.add(marked(item));
        return marked;
    }

    private static Arguments escaped(Arguments arguments, int index) {
        if (arguments.positional().size() <= index) return arguments;
        List<Object> positional = new ArrayList<>(arguments.positional());
        positional.set(index, Markup.escape(positional.get(index)));
        return new Arguments(positional, arguments.names(), arguments.values());
    }

    private static Arguments escapedItems(Run run, Arguments arguments) {
        if (arguments.positional().isEmpty()) return arguments;
        List<Object> items = Containers.list(run, arguments.positional().getFirst());
        items.replaceAll(Markup::escape);
        List<Object> positional = new ArrayList<>(arguments.positional());
        positional.set(0, items);
        return new Arguments(positional, arguments.names(), arguments.values());
    }
}
