package dev.nacelle.frontend.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.metrics.FamilySpec;
import dev.nacelle.runtime.metrics.MetricsTable;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the router's families to {@code docs/metrics.md}, which operators read. */
class RouterContractTest {
    @Test
    void eachFamilyIsDocumentedWithItsTypeLabelsAndBuckets() throws Exception {
        var documented = MetricsTable.read(Path.of("..", "docs", "metrics.md"), "Router");
        assertThat(Stream.of(RouterFamilies.all()).map(RouterContractTest::row).toList())
                .containsExactlyInAnyOrderElementsOf(documented);
    }

    private static MetricsTable.Row row(FamilySpec spec) {
        return new MetricsTable.Row(
                spec.name(),
                spec.type().toString(),
                new TreeSet<>(spec.labelNames().orElse(List.of())),
                spec.upperBounds());
    }
}
