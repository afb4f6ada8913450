package dev.nacelle.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that jinja2 and Hugging Face give to every template. */
final class Globals {
    private static final Map<String, Invocable> ALL = Map.of(
            "range", Globals::range,
            "dict", Globals::dict,
            "namespace", Globals::namespace,
            "cycler", (_, arguments) -> new Cycler(arguments.positional()),
            "joiner", (_, arguments) -> joiner(arguments),
            "lipsum",
                    (_, _) -> {
                        throw Fault.error("the function 'lipsum' is not supported");
                    },
            "raise_exception",
                    (_, arguments) -> {
                        throw Fault.raised(
                                Printer.str(TextMethods.given(Parameters.named("raise_exception", 1, "message")
                                        .bind(arguments)[0])));
                    },
            "strftime_now",
                    (run, arguments) -> {
                        @Nullable
                        Object[] passed =
                                Parameters.named("strftime_now", 1, "format").bind(arguments);
                        return Strftime.format(
                                run.clock, Types.text("strftime() argument 1", TextMethods.given(passed[0])));
                    });

    private Globals() {}

    static @Nullable Object find(String name) {
        return ALL.get(name);
    }

    private static Object range(Run run, Arguments arguments) {
        @Nullable Object[] passed = Parameters.positional("range", 1, 3).bind(arguments);
        long first = PythonNumber.index(TextMethods.given(passed[0]));
        if (passed[1] == null) return Range.of(0, first, 1);
        return Range.of(first, PythonNumber.index(passed[1]), passed[2] == null ? 1 : PythonNumber.index(passed[2]));
    }

    private static Object dict(Run run, Arguments arguments) {
        var namespace = new Namespace();
        fill(run, namespace.fields, arguments, "dict");
        return namespace.fields;
    }

    private static Object namespace(Run run, Arguments arguments) {
        var namespace = new Namespace();
        fill(run, namespace.fields, arguments, "namespace");
        return namespace;
    }

    private static void fill(Run run, Map<Object, Object> into, Arguments arguments, String function) {
        List<Object> positional = arguments.positional();
        if (positional.size() > 1)
            throw Fault.error("%s expected at most 1 argument, got %d".formatted(function, positional.size()));
        for (Object source : positional) {
            if (source instanceof Map<?, ?> dict) {
                dict.forEach((key, value) -> Dict.put(into, key, value));
                continue;
            }
            for (Object pair : Containers.list(run, source)) {
                List<Object> both = Containers.list(run, pair);
                if (both.size() != 2)
                    throw Fault.error(
                            "dictionary update sequence element has length %d; 2 is required".formatted(both.size()));
                Dict.put(into, both.get(0), both.get(1));
            }
        }
        for (int i = 0; i < arguments.names().size(); i++)
            into.put(arguments.names().get(i), arguments.values().get(i));
    }

    private static Invocable joiner(Arguments arguments) {
        @Nullable Object[] passed = Parameters.named("joiner", 0, "sep").bind(arguments);
        Object separator = passed[0] == null ? ", " : passed[0];
        boolean[] used = new boolean[1];
        return (_, none) -> {
            boolean first = !used[0];
            used[0] = true;
            return first ? "" : separator;
        };
    }

    /** jinja2's {@code cycler}: goes round and round through its items. */
    static final class Cycler {
        private final List<Object> items;
        private int position;

        Cycler(List<Object> items) {
            if (items.isEmpty()) throw Fault.error("at least one item has to be provided");
            this.items = items;
        }

        @Nullable
        Object attribute(String name) {
            return switch (name) {
                case "current" -> items.get(position);
                case "next" ->
                    (Invocable) (_, _) -> {
                        Object current = items.get(position);
                        position = (position + 1) % items.size();
                        return current;
                    };
                case "reset" ->
                    (Invocable) (_, _) -> {
                        position = 0;
                        return None.NONE;
                    };
                default -> null;
            };
        }
    }
}
