package dev.nacelle.template;

/** Python's {@code None}; a Java null never enters an evaluation. */
enum None {
    NONE
}
