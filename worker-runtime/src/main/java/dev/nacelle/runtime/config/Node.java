package dev.nacelle.runtime.config;

import java.util.List;
import java.util.Map;

/** A YAML tree whose every node knows where it was written. */
sealed interface Node {
    Origin origin();

    /**
     * One value.
     *
     * @param plain written without quotes, so that {@code null}, {@code true} and numbers mean what they look like
     */
    record Scalar(String text, boolean plain, Origin origin) implements Node {
        boolean isNull() {
            return plain
                    && switch (text) {
                        case "", "~", "null", "Null", "NULL" -> true;
                        default -> false;
                    };
        }
    }

    record Sequence(List<Node> items, Origin origin) implements Node {}

    /** A section with keys, in file order. */
    record Mapping(Map<String, Entry> entries, Origin origin) implements Node {}

    /** A value and where its key stands, for messages about the key itself. */
    record Entry(Origin key, Node value) {}

    static boolean isNull(Node node) {
        return node instanceof Scalar scalar && scalar.isNull();
    }
}
