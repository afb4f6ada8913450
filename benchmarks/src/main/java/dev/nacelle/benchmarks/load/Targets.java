package dev.nacelle.benchmarks.load;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of what was measured and of what was promised, as one table each. */
final class Targets {
    private final List<String[]> measured = new ArrayList<>();
    private final List<String[]> targets = new ArrayList<>();
    private boolean allMet = true;

    void row(String scenario, String server, Measured window, boolean streams) {
        var per = window.serverMicrosPer(streams ? window.tokens : window.requests);
        measured.add(new String[] {
            scenario,
            server,
            "%.0f".formatted(streams ? window.tokensPerSecond() : window.requestsPerSecond()),
            "%.2f".formatted(per),
            Measured.millis(streams ? window.firstToken : window.whole, 50),
            Measured.millis(streams ? window.firstToken : window.whole, 99),
            Measured.millis(window.betweenTokens, 50),
            Measured.millis(window.betweenTokens, 99),
            Measured.millis(window.betweenTokens, 100),
            Long.toString(window.failures)
        });
        print(System.err, measured.getLast(), null);
    }

    void atMost(String what, double found, double limit) {
        target(what, "≤ " + text(limit), found, found <= limit);
    }

    void atLeast(String what, double found, double limit) {
        target(what, "≥ " + text(limit), found, found >= limit);
    }

    private void target(String what, String limit, double found, boolean met) {
        allMet &= met;
        targets.add(new String[] {what, limit, text(found), met ? "met" : "MISSED"});
    }

    boolean allMet() {
        return allMet;
    }

    void print() {
        table(
                new String[] {
                    "load",
                    "server",
                    "per second",
                    "CPU µs",
                    "first p50 ms",
                    "p99",
                    "between p50 ms",
                    "p99",
                    "max",
                    "failed"
                },
                measured);
        table(new String[] {"target", "promised", "measured", ""}, targets);
    }

    private static String text(double value) {
        return value >= 1000 ? "%.0f".formatted(value) : "%.2f".formatted(value);
    }

    private static void table(String[] head, List<String[]> rows) {
        if (rows.isEmpty()) return;
        var widths = new int[head.length];
        for (int i = 0; i < head.length; i++) {
            widths[i] = head[i].length();
            for (var row : rows) widths[i] = Math.max(widths[i], row[i].length());
        }
        System.out.println();
        print(System.out, head, widths);
        for (var row : rows) print(System.out, row, widths);
    }

    private static void print(PrintStream out, String[] row, int @Nullable [] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < row.length; i++)
            line.append(("%-" + (widths == null ? row[i].length() + 1 : widths[i]) + "s  ").formatted(row[i]));
        out.println(line.toString().stripTrailing());
    }
}
