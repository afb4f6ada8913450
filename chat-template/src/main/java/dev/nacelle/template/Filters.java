package dev.nacelle.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** jinja2's filters by name. */
final class Filters {
    /** A filter whose arguments were put in the order of its parameters; null for what was not passed. */
    @FunctionalInterface
    interface Bound {
        Object apply(Run run, Object input, @Nullable Object[] passed);
    }

    /** What has no use in a chat template; jinja2 has it, so it compiles, and fails when it is reached. */
    private static final List<String> UNSUPPORTED =
            List.of("pprint", "random", "striptags", "urlize", "wordwrap", "xmlattr");

    private static final Map<String, Filter> ALL = all();

    private Filters() {}

    static @Nullable Filter find(String name) {
        return ALL.get(name);
    }

    private static Map<String, Filter> all() {
        Map<String, Filter> all = new HashMap<>();
        TextFilters.addTo(all);
        SequenceFilters.addTo(all);
        SelectionFilters.addTo(all);
        NumberFilters.addTo(all);
        add(all, "default", Parameters.named("default", 0, "default_value", "boolean"), Filters::orDefault);
        add(all, "d", Parameters.named("default", 0, "default_value", "boolean"), Filters::orDefault);
        add(
                all,
                "attr",
                Parameters.named("attr", 1, "name"),
                (_, input, passed) ->
                        Attributes.attributeOnly(input, Types.text("attribute name", TextMethods.given(passed[0]))));
        add(
                all,
                "tojson",
                Parameters.named("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys"),
                Json::filter);
        for (String name : UNSUPPORTED) {
            all.put(name, (_, _, _) -> {
                throw Fault.error("the filter '%s' is not supported".formatted(name));
            });
        }
        return Map.copyOf(all);
    }

    static void add(Map<String, Filter> all, String name, Parameters parameters, Bound filter) {
        all.put(name, (run, input, arguments) -> filter.apply(run, input, parameters.bind(arguments)));
    }

    static Parameters none(String name) {
        return Parameters.named(name, 0);
    }

    static boolean truth(@Nullable Object passed) {
        return passed != null && Types.truth(passed);
    }

    private static Object orDefault(Run run, Object input, @Nullable Object[] passed) {
        boolean replace = input instanceof Undefined || (truth(passed[1]) && !Types.truth(input));
        return !replace ? input : passed[0] == null ? "" : passed[0];
    }
}
