package dev.nacelle.spi.conformance;

/**
 * One rule's result.
 *
 * @param seen what the engine did, or why the rule was skipped; one line
 */
public record Result(Rule rule, Outcome outcome, String seen) {
    /** What to change when the rule failed; one line. */
    public String whatToChange() {
        return rule.advice();
    }
}
