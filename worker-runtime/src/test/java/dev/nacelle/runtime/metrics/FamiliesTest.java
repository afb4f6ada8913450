package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import org.junit.jupiter.api.Test;

class FamiliesTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Families families = Families.in(registry);
    private final SeriesScope scope = families.scope();

    @Test
    void theSameSeriesTwiceIsOneInstrument() {
        var first = scope.gauge(FamilySpec.gauge("depth", "Depth."), Labels.of("a", "1"));
        var second = scope.gauge(FamilySpec.gauge("depth", "Other help."), Labels.of("a", "1"));
        assertThat(second).isSameAs(first);
        assertThat(Page.of(registry).samples()).hasSize(1);
        assertThat(Page.of(registry).helps()).containsEntry("depth", "Depth.");
    }

    @Test
    void seriesOfOneFamilyMayHaveDifferentLabels() {
        var spec = FamilySpec.counter("hits", "Hits.");
        scope.counter(spec, Labels.of("a", "1")).add(3);
        scope.counter(spec, Labels.of("a", "1", "b", "2")).add(4);
        scope.counter(spec, Labels.EMPTY).add(5);
        var page = Page.of(registry);
        assertThat(page.value("hits_total", "a", "1")).contains(3.0);
        assertThat(page.value("hits_total", "a", "1", "b", "2")).contains(4.0);
        assertThat(page.value("hits_total")).contains(5.0);
        assertThat(page.types()).containsOnlyKeys("hits_total").containsEntry("hits_total", "counter");
    }

    @Test
    void anotherTypeOfTheSameNameIsAnErrorThatNamesBoth() {
        scope.gauge(FamilySpec.gauge("depth", ""), Labels.EMPTY);
        assertThatThrownBy(() -> scope.histogram(FamilySpec.histogram("depth", "", 1, 2), Labels.of("a", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("depth")
                .hasMessageContaining("gauge")
                .hasMessageContaining("histogram with buckets [1.0, 2.0]");
    }

    @Test
    void otherBucketsOfTheSameNameAreAnErrorThatNamesBoth() {
        scope.histogram(FamilySpec.histogram("took_seconds", "", 1, 2), Labels.EMPTY);
        assertThatThrownBy(() -> scope.histogram(FamilySpec.histogram("took_seconds", "", 1, 3), Labels.EMPTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1.0, 2.0]")
                .hasMessageContaining("[1.0, 3.0]");
    }

    @Test
    void otherLabelsThanDeclaredAreAnErrorThatNamesBoth() {
        var spec = FamilySpec.gauge("depth", "").labelled("b", "a");
        assertThatThrownBy(() -> scope.gauge(spec, Labels.of("a", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[a]")
                .hasMessageContaining("[a, b]");
        scope.gauge(spec, Labels.of("a", "1", "b", "2"));
        assertThatThrownBy(() -> scope.gauge(FamilySpec.gauge("depth", "").labelled("a"), Labels.of("a", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[a]")
                .hasMessageContaining("[a, b]");
    }

    @Test
    void aNameThatAnotherFamilysSamplesShowIsTaken() {
        scope.histogram(FamilySpec.histogram("took_seconds", "", 1), Labels.EMPTY);
        scope.counter(FamilySpec.counter("hits", ""), Labels.EMPTY);
        // OpenMetrics knows the counter as "hits".
        for (var name : new String[] {"took_seconds_count", "took_seconds_sum", "took_seconds_bucket", "hits"})
            assertThatThrownBy(() -> scope.gauge(FamilySpec.gauge(name, ""), Labels.EMPTY))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("choose another name");
        assertThatCode(() -> Page.openMetrics(registry)).doesNotThrowAnyException();
    }

    @Test
    void aSeriesGoesWithTheLastOfItsOwners() {
        var other = families.scope();
        var spec = FamilySpec.gauge("depth", "");
        scope.gauge(spec, Labels.EMPTY).set(2);
        scope.gauge(spec, Labels.EMPTY);
        assertThat(other.gauge(spec, Labels.EMPTY).value()).isEqualTo(2);
        scope.close();
        scope.close();
        assertThat(Page.of(registry).value("depth")).contains(2.0);
        other.close();
        assertThat(Page.of(registry).samples()).isEmpty();
    }

    @Test
    void aClosedOwnerGetsNothingMoreAndItsInstrumentsDoNothing() {
        var gauge = scope.gauge(FamilySpec.gauge("depth", ""), Labels.EMPTY);
        scope.close();
        gauge.set(1);
        assertThat(Page.of(registry).samples()).isEmpty();
        assertThatThrownBy(() -> scope.gauge(FamilySpec.gauge("depth", ""), Labels.EMPTY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("depth");
    }

    @Test
    void aFamilyWithoutSeriesCanComeBackAsAnotherType() {
        scope.gauge(FamilySpec.gauge("depth", ""), Labels.EMPTY);
        scope.close();
        var later = families.scope();
        later.histogram(FamilySpec.histogram("depth", ""), Labels.EMPTY);
        assertThat(Page.of(registry).types()).containsEntry("depth", "histogram");
    }

    @Test
    void aDeclaredFamilyKeepsItsTypeWithoutSeries() {
        families.declare(FamilySpec.gauge("depth", ""));
        assertThat(Page.of(registry).types()).isEmpty();
        assertThatThrownBy(() -> scope.counter(FamilySpec.exactCounter("depth", ""), Labels.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDeclarationThatFailsLeavesNothingBehind() {
        families.declare(FamilySpec.gauge("b", ""));
        assertThatThrownBy(() -> families.declare(FamilySpec.gauge("a", ""), FamilySpec.exactCounter("b", "")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> families.declare(FamilySpec.exactCounter("a", ""))).doesNotThrowAnyException();
    }

    @Test
    void aGaugeOnceSetHasNoSampleBefore() {
        var gauge = scope.gaugeOnceSet(FamilySpec.gauge("rate", ""), Labels.EMPTY);
        assertThat(Page.of(registry).samples()).isEmpty();
        gauge.set(0);
        assertThat(Page.of(registry).value("rate")).contains(0.0);
    }

    @Test
    void addingToAGaugeNotYetSetStartsAtZero() {
        var gauge = scope.gaugeOnceSet(FamilySpec.gauge("rate", ""), Labels.EMPTY);
        gauge.add(2);
        gauge.add(-0.5);
        assertThat(gauge.value()).isEqualTo(1.5);
    }

    @Test
    void aGaugeMaySayNaN() {
        scope.gaugeOnceSet(FamilySpec.gauge("rate", ""), Labels.EMPTY)
                .set(Double.longBitsToDouble(0x7ff8_0000_0000_0001L));
        assertThat(Page.of(registry).value("rate"))
                .hasValueSatisfying(value -> assertThat(value).isNaN());
    }

    @Test
    void unsignedValuesBeyondALongAreClamped() {
        var gauge = scope.gauge(FamilySpec.gauge("blocks", ""), Labels.EMPTY);
        gauge.setUnsigned(-1);
        assertThat(gauge.value()).isEqualTo((double) Long.MAX_VALUE);
        gauge.setUnsigned(42);
        assertThat(gauge.value()).isEqualTo(42);
    }

    @Test
    void aCounterDoesNotGoDown() {
        var counter = scope.counter(FamilySpec.counter("hits", ""), Labels.EMPTY);
        assertThatThrownBy(() -> counter.add(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        assertThat(counter.value()).isZero();
    }

    @Test
    void oneGaugeInTwoFamiliesIsOneValue() {
        var gauge = scope.gauge(FamilySpec.gauge("active", ""), Labels.EMPTY);
        scope.alsoAs(FamilySpec.gauge("inflight", ""), Labels.EMPTY, gauge);
        gauge.add(3);
        var page = Page.of(registry);
        assertThat(page.value("active")).contains(3.0);
        assertThat(page.value("inflight")).contains(3.0);
    }

    @Test
    void aGaugeThatThrowsLosesItsOwnSampleOnly() {
        scope.gauge(FamilySpec.gauge("depth", ""), Labels.EMPTY);
        scope.gaugeAtScrape(FamilySpec.gauge("broken", ""), Labels.EMPTY, () -> {
            throw new IllegalStateException("no value");
        });
        scope.gaugeAtScrape(FamilySpec.gauge("age", ""), Labels.EMPTY, () -> 7);
        assertThat(Page.of(registry).types()).containsOnlyKeys("depth", "age");
    }

    @Test
    void aCounterWithoutTotalKeepsItsNameInEveryFormat() {
        scope.counter(FamilySpec.exactCounter("work_total_us", "Work."), Labels.EMPTY)
                .add(12);
        assertThat(Page.of(registry).value("work_total_us")).contains(12.0);
        assertThat(Page.openMetrics(registry)).contains("# TYPE work_total_us unknown", "\nwork_total_us 12.0\n");
        assertThat(Page.protobuf(registry)).contains("name: \"work_total_us\"", "type: UNTYPED");
        assertThat(families.exactCounters()).containsExactly("work_total_us");
    }

    @Test
    void aCounterShowsItsNameOnceInEveryFormat() {
        scope.counter(FamilySpec.counter("hits_total", "Hits."), Labels.EMPTY);
        assertThat(Page.of(registry).types()).containsOnlyKeys("hits_total");
        assertThat(Page.openMetrics(registry)).contains("# TYPE hits counter", "\nhits_total 0.0\n");
        assertThat(Page.protobuf(registry)).contains("name: \"hits_total\"", "type: COUNTER");
    }

    @Test
    void aHistogramHasClassicAndNativeBuckets() {
        scope.histogram(FamilySpec.histogram("took_seconds", "", 0.1, 1), Labels.of("a", "1"))
                .observe(0.5);
        var page = Page.of(registry);
        assertThat(page.bounds("took_seconds")).containsExactly(0.1, 1.0, Double.POSITIVE_INFINITY);
        assertThat(page.value("took_seconds_bucket", "a", "1", "le", "1.0")).contains(1.0);
        assertThat(Page.protobuf(registry)).contains("upper_bound: 0.1", "schema: ", "positive_span");
    }

    @Test
    void namesLikeSuffixesStayAsTheyAre() {
        for (var name : new String[] {"engine_info", "blocks_total", "token_count", "a_created", "b_bucket", "c_sum"})
            scope.gauge(FamilySpec.gauge(name, ""), Labels.EMPTY);
        var names = Page.of(registry).samples().stream().map(Page.Sample::name);
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "engine_info", "blocks_total", "token_count", "a_created", "b_bucket", "c_sum");
    }

    @Test
    void bucketsMustIncreaseAndBeFinite() {
        for (var bounds : new double[][] {{1, 1}, {2, 1}, {Double.NaN}, {1, Double.POSITIVE_INFINITY}})
            assertThatThrownBy(() -> FamilySpec.histogram("took_seconds", "", bounds))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("took_seconds");
    }

    @Test
    void aClosedTableIsOffThePage() {
        scope.gauge(FamilySpec.gauge("depth", ""), Labels.EMPTY);
        families.close();
        families.close();
        assertThat(Page.of(registry).samples()).isEmpty();
    }
}
