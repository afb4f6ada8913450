package dev.nacelle.spi.conformance;

/** What became of one rule. */
public enum Outcome {
    PASSED,
    FAILED,
    /** Nothing to check, or nothing left to check it on; {@link Result#seen} says why. */
    SKIPPED
}
