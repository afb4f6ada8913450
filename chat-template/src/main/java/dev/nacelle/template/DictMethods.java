package dev.nacelle.template;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of {@code dict} that change nothing. */
final class DictMethods {
    private static final Parameters GET = Parameters.positional("get", 1, 2);
    private static final Map<String, Method.Body> ALL = Map.of(
            "get", DictMethods::get,
            "items", (_, dict, arguments) -> view(DictView.Kind.ITEMS, dict, arguments),
            "keys", (_, dict, arguments) -> view(DictView.Kind.KEYS, dict, arguments),
            "values", (_, dict, arguments) -> view(DictView.Kind.VALUES, dict, arguments),
            "copy",
                    (_, dict, arguments) -> {
                        Parameters.positional("copy", 0, 0).bind(arguments);
                        return Dict.copy((Map<?, ?>) dict);
                    },
            "fromkeys", (run, _, arguments) -> fromKeys(run, arguments));

    private DictMethods() {}

    static Method.@Nullable Body find(String name) {
        return ALL.get(name);
    }

    private static Object get(Run run, Object dict, Arguments arguments) {
        @Nullable Object[] passed = GET.bind(arguments);
        Object found = Dict.get((Map<?, ?>) dict, TextMethods.given(passed[0]));
        return found != null ? found : passed[1] == null ? None.NONE : passed[1];
    }

    private static Object view(DictView.Kind kind, Object dict, Arguments arguments) {
        if (arguments.count() > 0)
            throw Fault.error(
                    "dict.%s() takes no arguments".formatted(kind.name().toLowerCase(java.util.Locale.ROOT)));
        return new DictView(kind, (Map<?, ?>) dict);
    }

    private static Object fromKeys(Run run, Arguments arguments) {
        @Nullable Object[] passed = Parameters.positional("fromkeys", 1, 2).bind(arguments);
        Map<Object, Object> dict = new LinkedHashMap<>();
        for (Object key : Containers.list(run, TextMethods.given(passed[0])))
            Dict.put(dict, key, passed[1] == null ? None.NONE : passed[1]);
        return dict;
    }
}
