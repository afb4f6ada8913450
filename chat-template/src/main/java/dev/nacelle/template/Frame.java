package dev.nacelle.template;

import org.jspecify.annotations.Nullable;

/** The variables of one activation of a unit; an unset one is null. */
final class Frame {
    final Run run;
    final @Nullable Frame outer;
    final @Nullable Object[] variables;

    Frame(Run run, @Nullable Frame outer, int size) {
        this.run = run;
        this.outer = outer;
        this.variables = new @Nullable Object[size];
    }

    Frame outwards(int hops) {
        Frame frame = this;
        for (int i = 0; i < hops; i++) frame = java.util.Objects.requireNonNull(frame.outer);
        return frame;
    }
}
