package dev.nacelle.runtime.exposition;

/** A line that cannot be read. Thrown once per such line of a text that may consist of nothing else: no stack trace. */
final class BadLine extends Exception {
    private static final long serialVersionUID = 1;

    BadLine(String message) {
        super(message, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
