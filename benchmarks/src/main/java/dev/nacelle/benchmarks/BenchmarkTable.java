package dev.nacelle.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs JMH with its own command-line options and the GC profiler, and ends with one table: time and bytes allocated an
 * operation, and how the best iteration's time relates to that of the method {@code baseline} in the same class, where
 * there is one. The best, as others who use the machine can only make an iteration slower.
 */
public final class BenchmarkTable {
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final String BASELINE = "baseline";

    private BenchmarkTable() {}

    private record Row(
            String group, String method, double best, double score, double error, String unit, double bytes) {
        static Row of(RunResult result) {
            var name = result.getParams().getBenchmark();
            var dot = name.lastIndexOf('.');
            var simple = name.substring(name.lastIndexOf('.', dot - 1) + 1, dot);
            var parameters = result.getParams().getParamsKeys().stream()
                    .map(key -> key + "=" + result.getParams().getParam(key))
                    .collect(Collectors.joining(" "));
            var allocated = result.getSecondaryResults().get(ALLOCATED);
            return new Row(
                    (simple + " " + parameters).strip(),
                    name.substring(dot + 1),
                    result.getPrimaryResult().getStatistics().getMin(),
                    result.getPrimaryResult().getScore(),
                    result.getPrimaryResult().getScoreError(),
                    result.getPrimaryResult().getScoreUnit(),
                    allocated == null ? Double.NaN : allocated.getScore());
        }
    }

    public static void main(String[] args) throws CommandLineOptionException, RunnerException {
        var options = new OptionsBuilder()
                .parent(new CommandLineOptions(args))
                .addProfiler(GCProfiler.class)
                .build();
        print(new Runner(options).run().stream().map(Row::of).toList());
    }

    private static void print(Collection<Row> results) {
        var rows = new ArrayList<>(results);
        rows.sort(Comparator.comparing(Row::group).thenComparing(row -> !row.method.equals(BASELINE)));
        Map<String, Double> baselines = rows.stream()
                .filter(row -> row.method.equals(BASELINE))
                .collect(Collectors.toMap(Row::group, Row::best));
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("benchmark", "method", "best", "× baseline", "mean", "± error", "unit", "B/op"));
        for (var row : rows) {
            var baseline = baselines.get(row.group);
            cells.add(List.of(
                    row.group,
                    row.method,
                    "%.2f".formatted(row.best),
                    baseline == null ? "" : "%.2f".formatted(row.best / baseline),
                    "%.2f".formatted(row.score),
                    "%.2f".formatted(row.error),
                    row.unit,
                    "%.1f".formatted(row.bytes)));
        }
        System.out.println();
        cells.forEach(line -> System.out.println(line(line, cells)));
    }

    private static String line(List<String> line, List<List<String>> all) {
        var text = new StringBuilder();
        for (var i = 0; i < line.size(); i++) {
            var column = i;
            var width =
                    all.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
            text.append((i < 2 ? "%-" + width + "s  " : "%" + width + "s  ").formatted(line.get(i)));
        }
        return text.toString().stripTrailing();
    }
}
