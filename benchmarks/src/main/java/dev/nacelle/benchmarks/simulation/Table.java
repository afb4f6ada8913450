package dev.nacelle.benchmarks.simulation;

import java.util.List;

/** A table in Markdown. */
final class Table {
    private final StringBuilder text = new StringBuilder();

    Table(String... columns) {
        row(columns);
        text.append("|---".repeat(columns.length)).append("|\n");
    }

    void row(String... cells) {
        text.append("| ").append(String.join(" | ", List.of(cells))).append(" |\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
