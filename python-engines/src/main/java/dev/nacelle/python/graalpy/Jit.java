package dev.nacelle.python.graalpy;

/** Whether GraalPy compiles. */
public enum Jit {
    /** Where the compiler is there. */
    AUTO,
    /** The start fails without it. */
    REQUIRED,
    OFF
}
