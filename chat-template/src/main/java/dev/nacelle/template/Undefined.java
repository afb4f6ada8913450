package dev.nacelle.template;

import org.jspecify.annotations.Nullable;

/** What a missing name, key or attribute evaluates to: false, empty, prints as nothing, and an error to work with any further. */
final class Undefined {
    private final @Nullable String hint;
    private final @Nullable Object owner;
    private final Object name;

    private Undefined(@Nullable String hint, @Nullable Object owner, Object name) {
        this.hint = hint;
        this.owner = owner;
        this.name = name;
    }

    static Undefined name(String name) {
        return new Undefined(null, null, name);
    }

    static Undefined of(Object owner, Object key) {
        return new Undefined(null, owner, key);
    }

    static Undefined because(String hint) {
        return new Undefined(hint, null, "");
    }

    /** An attribute that the sandbox keeps away: what would change data, and Python's internals. */
    static Undefined unsafe(Object owner, String attribute) {
        return because("access to attribute '%s' of '%s' object is unsafe.".formatted(attribute, Types.name(owner)));
    }

    Fault fault() {
        return Fault.error(message());
    }

    private String message() {
        if (hint != null) return hint;
        if (owner == null) return "'%s' is undefined".formatted(name);
        String type = Types.name(owner).equals("NoneType") ? "None" : Types.name(owner) + " object";
        return name instanceof String
                ? "'%s' has no attribute '%s'".formatted(type, name)
                : "%s has no element %s".formatted(type, Printer.repr(name));
    }
}
