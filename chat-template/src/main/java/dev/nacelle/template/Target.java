package dev.nacelle.template;

import java.util.List;

/** What an assignment or a loop writes to. */
sealed interface Target {
    record Variable(int line, String name) implements Target {}

    /** {@code namespace.field}. */
    record Field(int line, String namespace, String field) implements Target {}

    record Several(int line, List<Target> targets) implements Target {}
}
