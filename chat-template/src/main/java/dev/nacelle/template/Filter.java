package dev.nacelle.template;

/** What stands behind a {@code |}. */
@FunctionalInterface
interface Filter {
    Object apply(Run run, Object input, Arguments arguments);
}
