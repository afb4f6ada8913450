package dev.nacelle.spi.conformance;

import java.util.ArrayList;
import java.util.List;

/** Lays a report out for people: outcome, rule, what was seen; below a failure the rule itself and what to change. */
final class ReportTable {
    private static final int OUTCOME_WIDTH = 9;

    private final int width;

    ReportTable(int width) {
        this.width = width;
    }

    String render(Report report) {
        int ruleWidth = 2
                + report.results().stream()
                        .mapToInt(r -> r.rule().id().length())
                        .max()
                        .orElse(0);
        var out = new StringBuilder();
        for (var result : report.results()) {
            row(out, label(result.outcome()), result.rule().id(), ruleWidth, result.seen());
            if (result.outcome() == Outcome.FAILED) {
                row(out, "", "", ruleWidth, "rule: " + result.rule().sentence());
                row(out, "", "", ruleWidth, "change: " + result.whatToChange());
            }
        }
        return out.append(report.summary()).append('\n').toString();
    }

    /** Capitals, so that a failure is found without colours. */
    private static String label(Outcome outcome) {
        return switch (outcome) {
            case PASSED -> "passed";
            case FAILED -> "FAILED";
            case SKIPPED -> "skipped";
        };
    }

    private void row(StringBuilder out, String label, String rule, int ruleWidth, String text) {
        int indent = OUTCOME_WIDTH + ruleWidth;
        var lines = wrapped(text, Math.max(20, width - indent));
        out.append(padded(label, OUTCOME_WIDTH))
                .append(padded(rule, ruleWidth))
                .append(lines.getFirst())
                .append('\n');
        for (var line : lines.subList(1, lines.size()))
            out.repeat(' ', indent).append(line).append('\n');
    }

    private static String padded(String text, int columns) {
        return text + " ".repeat(columns - text.length());
    }

    private static List<String> wrapped(String text, int columns) {
        var lines = new ArrayList<String>();
        var rest = text;
        while (rest.length() > columns) {
            int space = rest.lastIndexOf(' ', columns);
            int end = space > 0 ? space : columns;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }
}
