package dev.nacelle.spi.conformance;

/**
 * A rule broken at its source.
 *
 * @param seen what happened; one line
 */
public record Violation(Rule rule, String seen) {}
