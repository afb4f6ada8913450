package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.expositionformats.PrometheusProtobufWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScrapePageTest {
    @Test
    void mergesAFamilyOfTheSameTypeUnderOneHead() {
        try (PageFixture page = new PageFixture()) {
            Gauge.builder()
                    .name("shared")
                    .help("Ours.")
                    .labelNames("x")
                    .register(page.registry)
                    .labelValues("own")
                    .set(1);
            page.with(
                            "one",
                            "# HELP shared Theirs.\n# TYPE shared gauge\nshared{x=\"foreign\"} 2e0\nshared{x=\"own\"} 3\n")
                    .with("two", "# TYPE shared gauge\nshared{x=\"foreign\"} 4\nshared{x=\"more\"} 5\n");
            assertThat(page.foreignText()).isEqualTo("""
                    # HELP shared Ours.
                    # TYPE shared gauge
                    shared{x="own"} 1.0
                    shared{x="foreign"} 2e0
                    shared{x="more"} 5
                    """);
            assertThat(page.value("nacelle_expfmt_series_dropped_total{reason=\"duplicate\",source=\"two\"}"))
                    .isEqualTo("1.0");
            assertThat(page.value("nacelle_expfmt_series_dropped_total{reason=\"duplicate\",source=\"one\"}"))
                    .isEqualTo("1.0");
        }
    }

    @Test
    void leavesALaterFamilyOfAnotherTypeOut() {
        try (PageFixture page = new PageFixture()) {
            page.with("one", "# TYPE a gauge\na 1\n").with("two", "# TYPE a counter\na 2\nb 3\n");
            assertThat(page.foreignText()).isEqualTo("# TYPE a gauge\na 1\n# TYPE b untyped\nb 3\n");
            assertThat(page.value("nacelle_expfmt_families_dropped_total{reason=\"type_conflict\",source=\"two\"}"))
                    .isEqualTo("1.0");
        }
    }

    @Test
    void neverRenamesACounter() {
        String text = "# TYPE us_total_us counter\nus_total_us 7\n# TYPE n_total counter\nn_total 1\n";
        try (PageFixture page = new PageFixture().with("one", text)) {
            assertThat(page.foreignText()).isEqualTo("""
                    # TYPE n_total counter
                    n_total 1
                    # TYPE us_total_us counter
                    us_total_us 7
                    """);
            assertThat(page.foreignOpenMetrics()).isEqualTo("""
                    # TYPE n counter
                    n_total 1
                    # TYPE us_total_us unknown
                    us_total_us 7
                    # EOF
                    """);
        }
    }

    @Test
    void keepsTheNamesOfTheExceptionsAmongOwnCounters() {
        PrometheusRegistry registry = new PrometheusRegistry();
        try (ScrapePage page = new ScrapePage(registry, () -> Set.of("spent_total_us"))) {
            Counter.builder()
                    .name("spent_total_us")
                    .help("Spent.")
                    .register(registry)
                    .inc(2);
            assertThat(new String(
                            page.write(Dialect.TEXT, NameFilter.ALL).toBytes(),
                            java.nio.charset.StandardCharsets.UTF_8))
                    .contains("# HELP spent_total_us Spent.\n# TYPE spent_total_us counter\nspent_total_us 2.0\n");
            assertThat(new String(
                            page.write(Dialect.OPENMETRICS, NameFilter.ALL).toBytes(),
                            java.nio.charset.StandardCharsets.UTF_8))
                    .contains("# TYPE spent_total_us unknown\n# HELP spent_total_us Spent.\nspent_total_us 2.0\n");
            assertThat(new PrometheusProtobufWriter()
                            .toDebugString(page.snapshots(NameFilter.ALL), EscapingScheme.UNDERSCORE_ESCAPING)
                            .replaceAll("\\s+", " "))
                    .contains(
                            "name: \"spent_total_us\" help: \"Spent.\" type: UNTYPED metric { untyped { value: 2.0 } }");
        }
    }

    @Test
    void addsLabelsWhereTheyAreAbsent() {
        try (PageFixture page = new PageFixture()) {
            page.page
                    .sources()
                    .add(
                            SourceSpec.named("one").labelled(Map.of("engine", "x", "rank", "0")),
                            () -> "a 1\na{rank=\"7\"} 2 \na{b=\"}\"} 3\n");
            assertThat(page.foreignText()).isEqualTo("""
                    # TYPE a untyped
                    a{engine="x",rank="0"} 1
                    a{rank="7",engine="x"} 2
                    a{b="}",engine="x",rank="0"} 3
                    """);
        }
    }

    @Test
    void saysInOpenMetricsWhatItCannotTypeAsUnknown() {
        try (PageFixture page = new PageFixture()
                .with("one", "# TYPE h histogram\nh_bucket{le=\"1\"} 5\nh_bucket{le=\"2\"} 3\nh_count 5\nh_sum 1\n")) {
            assertThat(page.foreignOpenMetrics()).isEqualTo("""
                    # TYPE h_bucket unknown
                    h_bucket{le="1"} 5
                    h_bucket{le="2"} 3
                    # TYPE h_count unknown
                    h_count 5
                    # TYPE h_sum unknown
                    h_sum 1
                    # EOF
                    """);
            assertThat(page.value("nacelle_expfmt_unsayable_total{format=\"openmetrics\",source=\"one\"}"))
                    .isEqualTo("1.0");
        }
    }

    @Test
    void translatesTimesBetweenTheFormats() {
        try (PageFixture page = new PageFixture()
                .with("ms", "a 1 1700000000123\n")
                .with("s", "# TYPE b gauge\nb 1 1700000000.25\n# EOF\n")) {
            assertThat(page.foreignText()).contains("a 1 1700000000123\n", "b 1 1700000000250\n");
            assertThat(page.foreignOpenMetrics()).contains("a 1 1700000000.123\n", "b 1 1700000000.25\n");
        }
    }

    @Test
    void keepsExemplarsAndCreatedTimesWhereTheFormatCanSayThem() {
        String text =
                "# TYPE c counter\nc_total{x=\"1\"} 1 # {trace_id=\"abc\"} 0.5 17.5\nc_created{x=\"1\"} 12.5\n# EOF\n";
        try (PageFixture page = new PageFixture().with("one", text)) {
            assertThat(page.foreignOpenMetrics()).isEqualTo(text);
            assertThat(page.foreignText()).isEqualTo("""
                    # TYPE c_created gauge
                    c_created{x="1"} 12.5
                    # TYPE c_total counter
                    c_total{x="1"} 1
                    """);
            assertThat(page.value("nacelle_expfmt_unsayable_total{format=\"text\",source=\"one\"}"))
                    .isEqualTo("1.0");
        }
    }

    @Test
    void keepsFreeCommentsInText() {
        try (PageFixture page = new PageFixture().with("one", "# made by hand\n# TYPE a gauge\na 1\n")) {
            assertThat(page.foreignText()).isEqualTo("# made by hand\n# TYPE a gauge\na 1\n");
        }
    }

    @Test
    void aSourceThatGoesTakesItsSeriesAlong() {
        try (PageFixture page = new PageFixture()) {
            ForeignSources.Registration one = page.page.sources().add(SourceSpec.named("one"), () -> "a 1\n");
            assertThat(page.text()).contains("a 1\n", "source=\"one\"");
            one.close();
            one.close();
            assertThat(page.text()).doesNotContain("a 1\n", "source=\"one\"");
        }
    }

    @Test
    void refusesASecondSourceOfTheSameName() {
        try (PageFixture page = new PageFixture().with("one", "a 1\n")) {
            assertThatThrownBy(() -> page.with("one", "b 1\n")).hasMessageContaining("'one' already");
        }
    }

    @Test
    void aSourceThatFailsCostsNobodyElse() {
        try (PageFixture page = new PageFixture().with("good", "a 1\n").with("garbage", "<html>no</html>\n")) {
            page.page.sources().add(SourceSpec.named("broken"), () -> {
                throw new IllegalStateException("no registry");
            });
            page.page
                    .sources()
                    .add(SourceSpec.named("big").limited(new SourceLimits(1, 1000, 10, 100)), () -> "b 1\nc 1\n");
            assertThat(page.foreignText()).isEqualTo("# TYPE a untyped\na 1\n");
            assertThat(page.value("nacelle_expfmt_callback_failures_total{reason=\"exception\",source=\"broken\"}"))
                    .isEqualTo("1.0");
            assertThat(page.value("nacelle_expfmt_callback_failures_total{reason=\"parse\",source=\"garbage\"}"))
                    .isEqualTo("1.0");
            assertThat(page.value("nacelle_expfmt_callback_failures_total{reason=\"too_large\",source=\"big\"}"))
                    .isEqualTo("1.0");
            assertThat(page.value("nacelle_expfmt_series_dropped_total{reason=\"limit\",source=\"big\"}"))
                    .isEqualTo("2.0");
            assertThat(page.page.sources().health().get(2).lastError())
                    .hasValue("java.lang.IllegalStateException: no registry");
        }
    }
}
