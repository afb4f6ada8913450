package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusProtobufWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every type that OpenMetrics has, with times and exemplars, in each format. */
class FormatsTest {
    private static final String SOURCE = """
            # TYPE c counter
            c_total{x="1"} 1 1700000000.25 # {trace_id="t1"} 0.5 1700000000.125
            c_created{x="1"} 12.5 1700000000.25
            # TYPE g_seconds gauge
            # UNIT g_seconds seconds
            # HELP g_seconds How \\"long\\".
            g_seconds 1.50 1700000000.123
            # TYPE gh gaugehistogram
            gh_bucket{le="1.0"} 1 # {trace_id="t2"} 0.5
            gh_bucket{le="+Inf"} 2
            gh_gcount 2
            gh_gsum 3
            # TYPE h histogram
            h_bucket{le="1.0"} 1
            h_bucket{le="+Inf"} 2 # {trace_id="t3"} 2.5 1700000000.5
            h_count 2
            h_sum 3
            h_created 12.5
            # TYPE i info
            i_info{v="1"} 1
            # TYPE q summary
            q{quantile="0.5"} 1e0
            q{quantile="0.99"} NaN
            # TYPE s summary
            s_count 2
            s_sum 3
            # TYPE st stateset
            st{st="a \\"b\\"",x="1"} 1
            st{st="c",x="1"} 0
            # TYPE u unknown
            u -Inf
            # EOF
            """;

    private final PageFixture page = new PageFixture().with("one", SOURCE);

    @AfterEach
    void close() {
        page.close();
    }

    @Test
    void openMetricsIsTheSourceItself() {
        assertThat(page.foreignOpenMetrics()).isEqualTo(SOURCE);
        assertThat(page.value("nacelle_expfmt_unsayable_total{format=\"openmetrics\",source=\"one\"}"))
                .isEqualTo("0.0");
    }

    @Test
    void textHasNoExemplarsAndFamiliesOfTheirOwnForWhatItsTypesLack() {
        assertThat(page.foreignText()).isEqualTo("""
                # TYPE c_created gauge
                c_created{x="1"} 12.5 1700000000250
                # TYPE c_total counter
                c_total{x="1"} 1 1700000000250
                # HELP g_seconds How "long".
                # TYPE g_seconds gauge
                g_seconds 1.50 1700000000123
                # TYPE gh histogram
                gh_bucket{le="1.0"} 1
                gh_bucket{le="+Inf"} 2
                # TYPE gh_gcount gauge
                gh_gcount 2
                # TYPE gh_gsum gauge
                gh_gsum 3
                # TYPE h histogram
                h_bucket{le="1.0"} 1
                h_bucket{le="+Inf"} 2
                h_count 2
                h_sum 3
                # TYPE h_created gauge
                h_created 12.5
                # TYPE i_info gauge
                i_info{v="1"} 1
                # TYPE q summary
                q{quantile="0.5"} 1e0
                q{quantile="0.99"} NaN
                # TYPE s summary
                s_count 2
                s_sum 3
                # TYPE st gauge
                st{st="a \\"b\\"",x="1"} 1
                st{st="c",x="1"} 0
                # TYPE u untyped
                u -Inf
                """);
        assertThat(page.value("nacelle_expfmt_unsayable_total{format=\"text\",source=\"one\"}"))
                .isEqualTo("3.0");
    }

    @Test
    void protobufHasThemToo() {
        String said = new PrometheusProtobufWriter()
                .toDebugString(page.page.snapshots(NameFilter.ALL), EscapingScheme.ALLOW_UTF8)
                .replaceAll("\\s+", " ");
        assertThat(said).contains("""
                name: "c_total" help: "" type: COUNTER metric { label { name: "x" value: "1" } \
                counter { value: 1.0 exemplar { label { name: "trace_id" value: "t1" } value: 0.5 \
                timestamp { seconds: 1700000000 nanos: 125000000 } } \
                created_timestamp { seconds: 12 nanos: 500000000 } } timestamp_ms: 1700000000250 }""", """
                name: "g_seconds" help: "How \\"long\\"." type: GAUGE \
                metric { gauge { value: 1.5 } timestamp_ms: 1700000000123 }""", """
                name: "gh" help: "" type: GAUGE_HISTOGRAM metric { histogram { sample_count: 2 sample_sum: 3.0 \
                bucket { cumulative_count: 1 upper_bound: 1.0 \
                exemplar { label { name: "trace_id" value: "t2" } value: 0.5 } } \
                bucket { cumulative_count: 2 upper_bound: inf } } }""", """
                name: "h" help: "" type: HISTOGRAM metric { histogram { sample_count: 2 sample_sum: 3.0 \
                bucket { cumulative_count: 1 upper_bound: 1.0 } \
                bucket { cumulative_count: 2 upper_bound: inf \
                exemplar { label { name: "trace_id" value: "t3" } value: 2.5 \
                timestamp { seconds: 1700000000 nanos: 500000000 } } } } }""", """
                name: "i_info" help: "" type: GAUGE metric { label { name: "v" value: "1" } gauge { value: 1.0 } }""", """
                name: "s" help: "" type: SUMMARY metric { summary { sample_count: 2 sample_sum: 3.0 } }""", """
                name: "st" help: "" type: GAUGE \
                metric { label { name: "x" value: "1" } label { name: "st" value: "a \\"b\\"" } gauge { value: 1.0 } } \
                metric { label { name: "x" value: "1" } label { name: "st" value: "c" } gauge { value: 0.0 } }""", """
                name: "u" help: "" type: UNTYPED metric { untyped { value: -inf } }""");
        // Of a summary without count and sum a reader would take both for 0.
        assertThat(said).contains("""
                name: "q" help: "" type: UNTYPED \
                metric { label { name: "quantile" value: "0.5" } untyped { value: 1.0 } } \
                metric { label { name: "quantile" value: "0.99" } untyped { value: nan } }""");
        // That, and when the histogram was created.
        assertThat(page.value("nacelle_expfmt_unsayable_total{format=\"protobuf\",source=\"one\"}"))
                .isEqualTo("2.0");
    }
}
