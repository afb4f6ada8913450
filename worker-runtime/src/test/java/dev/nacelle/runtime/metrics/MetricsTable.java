package dev.nacelle.runtime.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The tables of {@code docs/metrics.md}: for tests. */
public final class MetricsTable {
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");
    private static final List<String> CHAIN =
            List.of("dynamo_namespace", "dynamo_component", "dynamo_endpoint", "worker_id");
    private static final List<String> MODEL = List.of("model", "model_name");

    private MetricsTable() {}

    /** One family. */
    public record Row(String name, String type, NavigableSet<String> labels, List<Double> bounds) {
        public List<Double> boundsWithInfinity() {
            return Stream.concat(bounds.stream(), Stream.of(Double.POSITIVE_INFINITY))
                    .toList();
        }
    }

    /** The rows of every table under the headings of that chapter, down to the next one. */
    public static List<Row> read(Path file, String chapter) throws IOException {
        var rows = new ArrayList<Row>();
        var inChapter = false;
        for (var line : Files.readAllLines(file)) {
            if (line.startsWith("## ")) inChapter = line.equals("## " + chapter);
            if (inChapter && line.startsWith("| `")) rows.add(row(line));
        }
        return rows;
    }

    private static Row row(String line) {
        var cells = line.split(" *\\| *", -1);
        var labels = new TreeSet<String>();
        if (cells[3].contains("chain")) labels.addAll(CHAIN);
        if (cells[3].contains("model labels")) labels.addAll(MODEL);
        CODE.matcher(cells[3]).results().map(match -> match.group(1)).forEach(labels::add);
        var bounds = Pattern.compile(" ")
                .splitAsStream(cells[4])
                .filter(text -> !text.isEmpty())
                .map(Double::valueOf)
                .toList();
        var name = CODE.matcher(cells[1]).results().findFirst().orElseThrow().group(1);
        return new Row(name, cells[2], labels, bounds);
    }
}
