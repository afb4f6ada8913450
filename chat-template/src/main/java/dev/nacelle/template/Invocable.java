package dev.nacelle.template;

/** What a template can call. */
interface Invocable {
    Object invoke(Run run, Arguments arguments);

    /** How Python would print it, as far as that can be known. */
    default String printed() {
        return "<function>";
    }
}
