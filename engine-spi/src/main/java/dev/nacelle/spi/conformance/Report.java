package dev.nacelle.spi.conformance;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@link Conformance#check} found: one result per rule asked for, in the order of {@link Rule}.
 *
 * @param results never more than one for a rule
 */
public record Report(List<Result> results) {
    /** Columns of a table when nobody says how many there are. */
    private static final int DEFAULT_WIDTH = 120;

    public Report {
        results = List.copyOf(results);
    }

    /** True when no rule failed; skipped ones do not count. */
    public boolean passed() {
        return failures().isEmpty();
    }

    public List<Result> failures() {
        return results.stream().filter(r -> r.outcome() == Outcome.FAILED).toList();
    }

    /** {@code 30 passed, 1 failed, 4 skipped}. */
    public String summary() {
        var counts = results.stream().collect(Collectors.groupingBy(Result::outcome, Collectors.counting()));
        return "%d passed, %d failed, %d skipped"
                .formatted(
                        counts.getOrDefault(Outcome.PASSED, 0L),
                        counts.getOrDefault(Outcome.FAILED, 0L),
                        counts.getOrDefault(Outcome.SKIPPED, 0L));
    }

    /** The results as a table for a terminal of 120 columns, with advice below what failed and a summary at the end. */
    public String table() {
        return table(DEFAULT_WIDTH);
    }

    /** As {@link #table()}, wrapped at {@code width} columns (at least 80). */
    public String table(int width) {
        return new ReportTable(Math.max(width, 80)).render(this);
    }
}
