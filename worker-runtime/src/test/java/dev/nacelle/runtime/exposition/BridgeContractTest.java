package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.metrics.MetricsTable;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the bridge's own families to {@code docs/metrics.md}, which operators read. */
class BridgeContractTest {
    @Test
    void everyFamilyIsAsTheDocumentationSays() throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        try (BridgeMetrics metrics = new BridgeMetrics(registry, ages -> ages.age("one", 1))) {
            metrics.add("one");
            List<MetricsTable.Row> rows = registry.scrape().stream()
                    .map(family -> {
                        String type = family.getClass()
                                .getSimpleName()
                                .replace("Snapshot", "")
                                .toLowerCase(Locale.ROOT);
                        String name = family.getMetadata().getPrometheusName();
                        Labels labels = family.getDataPoints().getFirst().getLabels();
                        List<Double> bounds = family.getDataPoints().getFirst()
                                        instanceof HistogramSnapshot.HistogramDataPointSnapshot histogram
                                ? histogram.getClassicBuckets().stream()
                                        .map(bucket -> bucket.getUpperBound())
                                        .filter(bound -> !bound.isInfinite())
                                        .toList()
                                : List.of();
                        return new MetricsTable.Row(
                                type.equals("counter") ? name + "_total" : name,
                                type,
                                new TreeSet<>(labels.stream()
                                        .map(label -> label.getName())
                                        .toList()),
                                bounds);
                    })
                    .toList();
            assertThat(rows)
                    .containsExactlyInAnyOrderElementsOf(
                            MetricsTable.read(Path.of("..", "docs", "metrics.md"), "Bridge"));
        }
    }
}
