package dev.nacelle.template;

/** A compiled expression. */
@FunctionalInterface
interface Evaluation {
    Object in(Frame frame);

    /** Prints the value. */
    default void print(Frame frame) {
        frame.run.write(frame.run.str(in(frame)));
    }
}
