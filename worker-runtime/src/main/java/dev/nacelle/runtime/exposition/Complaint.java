package dev.nacelle.runtime.exposition;

/**
 * Something wrong in a foreign exposition.
 *
 * @param line the line it stands in, from 1; 0 when it concerns the text as a whole
 * @param kind what was lost for it
 * @param message what was found, and what was expected
 */
public record Complaint(int line, Kind kind, String message) {
    /** What a complaint costs. */
    public enum Kind {
        /** Nothing; the text can be read in spite of it. */
        NOTE,
        /** One sample, because the same series stood there before. */
        DUPLICATE,
        /** A family whose text is wrong. */
        INVALID_FAMILY,
        /** A family that came before under another type. */
        TYPE_CONFLICT
    }

    @Override
    public String toString() {
        return line > 0 ? "line " + line + ": " + message : message;
    }
}
