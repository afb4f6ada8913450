package dev.nacelle.runtime.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The bound configuration as it is printed: a tree of YAML scalars and where each came from; no secret is in it. */
sealed interface Printed {

    /** A scalar or an empty collection, as YAML. */
    record Leaf(String yaml, Origin origin) implements Printed {}

    record Items(List<Printed> items) implements Printed {}

    record Keys(Map<String, Printed> keys) implements Printed {}

    /** A section that is bound later; until then nobody knows which of its values are secret. */
    record Unbound(RawSection section) implements Printed {}

    static Printed items(List<Printed> items, Origin origin) {
        return items.isEmpty() ? new Leaf("[]", origin) : new Items(List.copyOf(items));
    }

    static Printed keys(Map<String, Printed> keys, Origin origin) {
        return keys.isEmpty() ? new Leaf("{}", origin) : new Keys(Collections.unmodifiableMap(keys));
    }

    /** A value of any form. */
    static Printed free(Node node, boolean secret) {
        return switch (node) {
            case Node.Scalar scalar -> new Leaf(secret ? YamlText.MASKED : freeScalar(scalar), scalar.origin());
            case Node.Sequence sequence ->
                items(sequence.items().stream().map(item -> free(item, secret)).toList(), sequence.origin());
            case Node.Mapping mapping -> {
                var keys = new LinkedHashMap<String, Printed>();
                mapping.entries().forEach((key, entry) -> keys.put(key, free(entry.value(), secret)));
                yield keys(keys, mapping.origin());
            }
        };
    }

    private static String freeScalar(Node.Scalar scalar) {
        return Scalars.free(scalar) instanceof String text
                ? YamlText.scalar(text)
                : scalar.text().isEmpty() ? "null" : scalar.text();
    }

    /** The tree with the sections put in that were bound after it was made. */
    default Printed with(Function<RawSection, Printed> sections) {
        return switch (this) {
            case Leaf leaf -> leaf;
            case Items(var items) ->
                new Items(items.stream().map(item -> item.with(sections)).toList());
            case Keys(var keys) -> {
                var replaced = new LinkedHashMap<String, Printed>();
                keys.forEach((key, value) -> replaced.put(key, value.with(sections)));
                yield new Keys(Collections.unmodifiableMap(replaced));
            }
            case Unbound(var section) -> sections.apply(section);
        };
    }
}
