package dev.nacelle.template;

/** A method together with the value that it belongs to. */
record Method(Object owner, String name, Body body) implements Invocable {
    /** What a method does. */
    @FunctionalInterface
    interface Body {
        Object call(Run run, Object owner, Arguments arguments);
    }

    @Override
    public Object invoke(Run run, Arguments arguments) {
        return body.call(run, owner, arguments);
    }

    @Override
    public String printed() {
        return "<built-in method %s of %s object>".formatted(name, Types.name(owner));
    }
}
