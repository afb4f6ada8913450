package dev.nacelle.template;

/** A compiled statement. */
@FunctionalInterface
interface Action {
    /** How it goes on after a statement. */
    enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    Flow run(Frame frame);
}
