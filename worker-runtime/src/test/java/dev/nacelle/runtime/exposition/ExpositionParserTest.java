package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpositionParserTest {
    private static ParsedPage parse(String text) throws Exception {
        return parse(text, SourceSpec.named("test"));
    }

    private static ParsedPage parse(String text, SourceSpec spec) throws Exception {
        return ExpositionParser.parse(text.getBytes(StandardCharsets.UTF_8), spec);
    }

    private static List<String> names(ParsedPage page) {
        return page.families().stream()
                .map(f -> f.type().name() + " " + f.name() + " " + f.size())
                .toList();
    }

    @Test
    void readsFamiliesOfEveryTypeOfTheTextFormat() throws Exception {
        ParsedPage page = parse("""
                # HELP c_total A counter.
                # TYPE c_total counter
                c_total{a="1"} 1
                # TYPE exact counter
                exact 2
                # TYPE g gauge
                g 1 1700000000000
                # TYPE h histogram
                h_bucket{le="1"} 1
                h_bucket{le="+Inf"} 2
                h_sum 3
                h_count 2
                # TYPE s summary
                s{quantile="0.5"} 1
                s_sum 3
                s_count 2
                # TYPE u untyped
                u 1
                bare{x="y"} NaN
                """);
        assertThat(page.complaints()).isEmpty();
        assertThat(names(page))
                .containsExactly(
                        "COUNTER c 1",
                        "EXACT_COUNTER exact 1",
                        "GAUGE g 1",
                        "HISTOGRAM h 4",
                        "SUMMARY s 3",
                        "UNKNOWN u 1",
                        "UNKNOWN bare 1");
        assertThat(page.families().getFirst().help()).isEqualTo("A counter.");
        assertThat(page.families().get(3).metricCount()).isEqualTo(1);
        assertThat(page.series()).isEqualTo(12);
    }

    @Test
    void readsFamiliesOfEveryTypeOfOpenMetrics() throws Exception {
        ParsedPage page = parse("""
                # TYPE c counter
                # UNIT c seconds
                c_total 1 # {trace_id="x"} 0.5 1.5
                c_created 1700000000.5
                # TYPE gh gaugehistogram
                gh_bucket{le="+Inf"} 2
                gh_gcount 2
                gh_gsum -1
                # TYPE i info
                i_info{version="1"} 1
                # TYPE st stateset
                st{st="a"} 1
                st{st="b"} 0
                # TYPE u unknown
                u 1 1700000000.123
                # EOF
                """);
        assertThat(page.complaints()).isEmpty();
        assertThat(names(page))
                .containsExactly("COUNTER c 2", "GAUGE_HISTOGRAM gh 3", "INFO i 1", "STATE_SET st 2", "UNKNOWN u 1");
        assertThat(page.families().get(3).metricCount()).isEqualTo(1);
    }

    @Test
    void putsTogetherFamiliesThatComeInPieces() throws Exception {
        ParsedPage page = parse("""
                # TYPE a gauge
                a{x="1"} 1
                # TYPE b gauge
                b 1
                a{x="2"} 2
                # TYPE a gauge
                a{x="3"} 3
                """);
        assertThat(names(page)).containsExactly("GAUGE a 3", "GAUGE b 1");
    }

    @Test
    void believesATypeThatComesAfterItsSamples() throws Exception {
        ParsedPage page = parse("""
                h_bucket{le="+Inf"} 2
                h_count 2
                h_sum 1
                # TYPE h histogram
                """);
        assertThat(names(page)).containsExactly("HISTOGRAM h 3");
    }

    @Test
    void takesWhatOtherReadersTake() throws Exception {
        ParsedPage page = parse(
                "\uFEFF# TYPE a gauge\r\na{x=\"1\",} 1\r\n\r\n  a {x = \"2\" , y=\"\\d\"}\t2 \r\n\ta 3 17\nb +Inf\nc .5e-3");
        assertThat(page.complaints()).isEmpty();
        assertThat(names(page)).containsExactly("GAUGE a 3", "UNKNOWN b 1", "UNKNOWN c 1");
        assertThat(page.families().getLast().value(0)).isEqualTo(0.0005);
    }

    @Test
    void readsQuotedNames() throws Exception {
        ParsedPage page = parse("""
                # TYPE "my.metric" gauge
                {"my.metric","a.b"="1"} 1
                {"my.metric"} 2
                """);
        assertThat(page.complaints()).isEmpty();
        assertThat(names(page)).containsExactly("GAUGE my.metric 2");
    }

    @Test
    void aLineThatCannotBeReadCostsItsFamilyOnly() throws Exception {
        for (String bad : List.of(
                "b{x=\"1\" 1",
                "b{x=\"1\",x=\"2\"} 1",
                "b{x=\"1} 1",
                "b one",
                "b 0x10",
                "b 1_000",
                "b 1e999",
                "b 1 1.5",
                "b 1 1 1",
                "b",
                "b{1x=\"1\"} 1",
                "b{x=\"\u0000\"} 1",
                "b_bucket{le=\"x\"} 1")) {
            ParsedPage page = parse("a 1\n# TYPE b histogram\n# TYPE b_bucket histogram\n" + bad + "\nc 1\n");
            assertThat(names(page)).as(bad).containsExactly("UNKNOWN a 1", "UNKNOWN c 1");
            assertThat(page.complaints()).as(bad).isNotEmpty();
        }
    }

    /** To write it in milliseconds, digit by digit, would hold every scrape up for minutes. */
    @Test
    void aTimeWithAnEndlessExponentIsNone() throws Exception {
        for (String time : List.of("1e-99999999", "1E-9999999999", "1e-0000000001", "NaN", "+Inf", "1e300")) {
            String page =
                    "# TYPE a gauge\na 1 %s\n# TYPE b counter\nb_total 1 # {x=\"y\"} 1 %s\n# TYPE c gauge\nc 1\n# EOF\n"
                            .formatted(time, time);
            assertThat(names(parse(page))).as(time).containsExactly("GAUGE c 1");
        }
        String good = "# TYPE a gauge\na 1 1.7e9\n# TYPE b counter\nb_total 1 # {x=\"y\"} 1 1e-300\n# EOF\n";
        assertThat(names(parse(good))).containsExactly("GAUGE a 1", "COUNTER b 1");
    }

    @Test
    void complaintsNameLineReasonAndFamily() throws Exception {
        ParsedPage page = parse("a 1\nb{x=\"1\" 1\n");
        assertThat(page.complaints().getFirst().toString())
                .isEqualTo("line 2: expected ',' or '}' after a label: b{x=\"1\" 1 (family 'b' is left out)");
    }

    @Test
    void keepsTheFirstOfTwoEqualSeries() throws Exception {
        ParsedPage page = parse("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\",z=\"\"} 2\n");
        assertThat(names(page)).containsExactly("UNKNOWN a 1");
        assertThat(page.duplicates()).isEqualTo(1);
    }

    @Test
    void aFamilyThatChangesItsTypeKeepsTheFirst() throws Exception {
        ParsedPage page = parse("# TYPE a gauge\na 1\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 1\n");
        assertThat(names(page)).containsExactly("GAUGE a 1");
        assertThat(page.typeConflicts()).isEqualTo(1);
    }

    @Test
    void refusesOpenMetricsThatIsCutOff() {
        SourceSpec spec = SourceSpec.named("x");
        SourceSpec openMetrics = new SourceSpec(
                "x",
                SourceSpec.InputFormat.OPENMETRICS,
                spec.interval(),
                spec.timeout(),
                spec.maxAge(),
                List.of(),
                List.of(),
                spec.labels(),
                spec.limits());
        assertThatThrownBy(() -> parse("# TYPE a gauge\na 1\n", openMetrics)).hasMessageContaining("# EOF");
    }

    @Test
    void refusesATextOverALimit() {
        SourceSpec spec = SourceSpec.named("x").limited(new SourceLimits(2, 100, 2, 10));
        assertThatThrownBy(() -> parse("a{x=\"1\"} 1\na{x=\"2\"} 1\na{x=\"3\"} 1\na{x=\"4\"} 1\n", spec))
                .hasMessageContaining("4 series, 2 are allowed");
        assertThatThrownBy(() -> parse("a 1\nb 1\nc 1\n", spec)).hasMessageContaining("families");
        assertThatThrownBy(() -> parse("a{x=\"01234567890\"} 1\n", spec)).hasMessageContaining("11 bytes");
        assertThatThrownBy(() -> parse("#".repeat(101), spec)).hasMessageContaining("101 bytes");
    }

    @Test
    void leavesFilteredFamiliesOut() throws Exception {
        SourceSpec spec = SourceSpec.named("x").filtered(List.of("a_"), List.of("a_x"));
        assertThat(names(parse("a_1 1\na_x 1\nb garbage\n", spec))).containsExactly("UNKNOWN a_1 1");
    }

    @Test
    void aSuffixThatTheTypeHasAlreadyIsNotGivenOnceMore() throws Exception {
        assertThat(names(parse("# TYPE c_total counter\nc_total_total 1\nc_total 2\n")))
                .containsExactly("COUNTER c 1", "UNKNOWN c_total_total 1");
        assertThat(names(parse("# TYPE c counter\nc_total 1\n"))).containsExactly("COUNTER c 1");
    }
}
