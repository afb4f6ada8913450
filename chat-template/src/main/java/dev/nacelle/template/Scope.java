package dev.nacelle.template;

/**
 * Where code is compiled.
 *
 * @param soft right inside an {@code if}: a filter or test that does not exist is an error only when it is used
 * @param inLoop whether {@code break} and {@code continue} have a loop
 */
record Scope(Symbols symbols, boolean soft, boolean inLoop) {
    static Scope of(Symbols symbols, boolean inLoop) {
        return new Scope(symbols, false, inLoop);
    }

    Scope softened() {
        return new Scope(symbols, true, inLoop);
    }
}
