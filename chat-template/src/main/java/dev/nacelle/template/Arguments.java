package dev.nacelle.template;

import java.util.List;

/** The evaluated arguments of a call. Names and values of the keyword arguments have equal length. */
record Arguments(List<Object> positional, List<String> names, List<Object> values) {
    static final Arguments NONE = new Arguments(List.of(), List.of(), List.of());

    static Arguments of(Object... positional) {
        return positional.length == 0 ? NONE : new Arguments(List.of(positional), List.of(), List.of());
    }

    int count() {
        return positional.size() + names.size();
    }

    Arguments withoutFirst(int count) {
        return new Arguments(positional.subList(count, positional.size()), names, values);
    }
}
