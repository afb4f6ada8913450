package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Gauge;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MergeTest {
    private static final String DUPLICATES = "nacelle_expfmt_series_dropped_total{reason=\"duplicate\",source=\"%s\"}";

    private final PageFixture page = new PageFixture();

    @AfterEach
    void close() {
        page.close();
    }

    @Test
    void aConflictIsLoggedOnceWithBothSourcesNames() {
        try (LogOf log = new LogOf(Merge.class)) {
            AtomicReference<String> text = new AtomicReference<>("# TYPE a gauge\na 1\n");
            page.with("one", "# TYPE a counter\na 1\n");
            ForeignSources.Registration two = page.page.sources().add(SourceSpec.named("two"), text::get);
            assertThat(page.foreignText()).contains("a 1\n");
            page.openMetrics();
            // Merged anew, with the same conflict.
            page.with("three", "# TYPE c gauge\nc 1\n");
            page.page.sources().add(SourceSpec.named("four"), () -> "d 1\n").close();
            page.text();
            two.close();
            assertThat(log.lines())
                    .containsExactly(
                            "metrics source 'two': family 'a' (gauge) is left out, as 'a' (counter) of source 'one' is there already");
        }
    }

    @Test
    void aConflictWithTheProcessItselfNamesIt() {
        try (LogOf log = new LogOf(Merge.class)) {
            Gauge.builder().name("depth").register(page.registry).set(1);
            page.with("one", "# TYPE depth histogram\ndepth_bucket{le=\"+Inf\"} 1\ndepth_count 1\ndepth_sum 1\n");
            page.text();
            page.text();
            assertThat(log.lines())
                    .containsExactly(
                            "metrics source 'one': family 'depth' (histogram) is left out, as 'depth' (gauge) of this process is there already");
        }
    }

    @Test
    void ofTwoSeriesThatAddedLabelsMakeOneTheFirstWins() {
        String text = "a{rank=\"0\"} 1\na 2\na{rank=\"1\"} 3\n";
        page.page.sources().add(SourceSpec.named("one").labelled(Map.of("rank", "0")), () -> text);
        page.page.sources().add(SourceSpec.named("two").labelled(Map.of("rank", "2")), () -> text);
        assertThat(page.foreignText()).isEqualTo("""
                # TYPE a untyped
                a{rank="0"} 1
                a{rank="1"} 3
                a{rank="2"} 2
                """);
        assertThat(page.page
                        .snapshots(new NameFilter(java.util.Set.of("a")))
                        .get(0)
                        .getDataPoints())
                .hasSize(3);
        assertThat(page.value(DUPLICATES.formatted("one"))).isEqualTo("1.0");
        assertThat(page.value(DUPLICATES.formatted("two"))).isEqualTo("2.0");
    }

    @Test
    void ofTwoFamiliesWhoseNamesEscapingMakesOneTheFirstWins() {
        Gauge.builder().name("own_depth").register(page.registry).set(1);
        page.with("one", "# TYPE \"my.metric\" gauge\n{\"my.metric\"} 1\n")
                .with("two", "# TYPE my_metric gauge\nmy_metric 2\n")
                .with("three", "# TYPE \"own.depth\" gauge\n{\"own.depth\",x=\"y\"} 3\n");
        assertThat(page.foreignText()).isEqualTo("""
                # TYPE my_metric gauge
                my_metric 1
                # TYPE own_depth gauge
                own_depth 1.0
                """);
        assertThat(page.foreignOpenMetrics()).isEqualTo("""
                # TYPE my_metric gauge
                my_metric 1
                # TYPE own_depth gauge
                own_depth 1.0
                # EOF
                """);
        assertThat(PageFixture.withoutBridge(page.write(new Dialect(Dialect.Format.TEXT, EscapingScheme.ALLOW_UTF8))))
                .contains("{\"my.metric\"} 1\n", "my_metric 2\n", "{\"own.depth\",x=\"y\"} 3\n");
        for (int scrape = 0; scrape < 2; scrape++)
            assertThat(page.page.snapshots(NameFilter.ALL).stream()
                            .map(family -> family.getMetadata().getName()))
                    .contains("my.metric", "own_depth")
                    .doesNotContain("my_metric", "own.depth");
        for (String source : new String[] {"two", "three"})
            for (String format : new String[] {"openmetrics", "protobuf"})
                assertThat(page.value("nacelle_expfmt_unsayable_total{format=\"%s\",source=\"%s\"}"
                                .formatted(format, source)))
                        .as(source + " " + format)
                        .isEqualTo(format.equals("protobuf") ? "1.0" : "2.0");
    }

    @Test
    void ofTwoSeriesWhoseLabelsEscapingMakesOneTheFirstWins() {
        page.with("one", "m{a_b=\"1\"} 1\n{\"m\",\"a.b\"=\"1\"} 2\n{\"m\",\"a.b\"=\"2\"} 3\n");
        assertThat(page.foreignText()).isEqualTo("# TYPE m untyped\nm{a_b=\"1\"} 1\nm{a_b=\"2\"} 3\n");
        assertThat(page.foreignOpenMetrics()).contains("m{a_b=\"1\"} 1\nm{a_b=\"2\"} 3\n");
    }

    @Test
    void freeCommentsOfEverySourceSurviveInText() {
        Gauge.builder()
                .name("depth")
                .labelNames("x")
                .register(page.registry)
                .labelValues("own")
                .set(1);
        page.with("one", "# by one\n# TYPE a gauge\na{x=\"1\"} 1\n# at the end\n")
                .with("two", "# by two\na{x=\"2\"} 2\n".replace("a{", "# TYPE a gauge\na{"))
                .with("three", "# by three\n# TYPE depth gauge\ndepth{x=\"3\"} 3\n");
        assertThat(page.foreignText()).isEqualTo("""
                # by one
                # at the end
                # TYPE a gauge
                a{x="1"} 1
                # by two
                a{x="2"} 2
                # TYPE depth gauge
                depth{x="own"} 1.0
                # by three
                depth{x="3"} 3
                """);
        assertThat(page.foreignOpenMetrics()).doesNotContain("# by", "# at");
    }
}
