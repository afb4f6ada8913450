package dev.nacelle.runtime.exposition;

import java.util.List;

/**
 * What a foreign text says. Immutable.
 *
 * @param families in the order of their first appearance; none is empty
 * @param series samples in them
 * @param complaints what is wrong with the text, at most {@link ExpositionParser#MOST_COMPLAINTS}
 * @param duplicates samples left out because the same series stood there before
 * @param invalidFamilies families left out because a line of theirs cannot be read
 * @param typeConflicts pieces of families left out because the family has another type
 */
record ParsedPage(
        List<ParsedFamily> families,
        int series,
        List<Complaint> complaints,
        int duplicates,
        int invalidFamilies,
        int typeConflicts) {
    static final ParsedPage EMPTY = new ParsedPage(List.of(), 0, List.of(), 0, 0, 0);

    ParsedPage {
        families = List.copyOf(families);
        complaints = List.copyOf(complaints);
    }

    /** Not one family can be read, and something is there: this is not an exposition. */
    boolean isGarbage() {
        return families.isEmpty() && invalidFamilies > 0;
    }
}
