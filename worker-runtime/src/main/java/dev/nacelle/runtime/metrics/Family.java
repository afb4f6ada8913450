package dev.nacelle.runtime.metrics;

import dev.nacelle.runtime.exposition.DirectFamilies;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A family and its series. The client library wants the same label names throughout a family; here each series has
 * labels of its own, which is what two endpoints of one process need. Changed under the lock of {@link Families}, read
 * by any scrape.
 */
final class Family {
    private final FamilySpec spec;
    private final MetricMetadata metadata;
    private final ConcurrentHashMap<Labels, Series> series = new ConcurrentHashMap<>();

    private record Series(Instrument instrument, int holders) {}

    Family(FamilySpec spec) {
        this.spec = spec;
        // The library's counters are named without the suffix that its writers append.
        var base = spec.type() == FamilySpec.Type.COUNTER ? spec.claims().getLast() : spec.name();
        metadata = new MetricMetadata(base, spec.help());
    }

    FamilySpec spec() {
        return spec;
    }

    /** The series of these labels, made when there is none, with one more holder. */
    Instrument hold(Labels labels, Supplier<Instrument> maker) {
        spec.labelNames().ifPresent(names -> {
            var actual = labels.stream().map(label -> label.getName()).toList();
            if (!actual.equals(names))
                throw new IllegalArgumentException(
                        "labels %s of %s, expected %s".formatted(actual, spec.name(), names));
        });
        var known = series.get(labels);
        var held = known == null ? new Series(maker.get(), 1) : new Series(known.instrument, known.holders + 1);
        series.put(labels, held);
        return held.instrument;
    }

    /** Takes one holder away, and the series with the last. */
    void release(Labels labels) {
        series.computeIfPresent(
                labels, (_, held) -> held.holders == 1 ? null : new Series(held.instrument, held.holders - 1));
    }

    boolean isEmpty() {
        return series.isEmpty();
    }

    /** What a scrape shows; empty without series. */
    Optional<MetricSnapshot> collect() {
        return switch (spec.type()) {
            case GAUGE -> gauges();
            case COUNTER -> counters();
            case EXACT_COUNTER -> exactCounters();
            case HISTOGRAM -> histograms();
        };
    }

    /** What a scrape of text shows; without snapshots but for histograms. */
    void show(DirectFamilies.FamilyVisitor visitor) {
        switch (spec.type()) {
            case GAUGE -> visitor.family(metadata, DirectFamilies.Kind.GAUGE, this::read);
            case COUNTER -> visitor.family(metadata, DirectFamilies.Kind.COUNTER, this::read);
            case EXACT_COUNTER -> visitor.family(metadata, DirectFamilies.Kind.EXACT_COUNTER, this::read);
            case HISTOGRAM -> collect().ifPresent(visitor::family);
        }
    }

    private void read(DirectFamilies.SeriesReader reader) {
        series.forEach((labels, held) -> {
            switch (held.instrument) {
                case BoundGauge gauge -> {
                    if (gauge.isPresent()) reader.read(labels, gauge.value());
                }
                case ScrapedGauge gauge -> gauge.value().ifPresent(value -> reader.read(labels, value));
                case BoundCounter counter -> reader.read(labels, (double) counter.value());
                case BoundHistogram _ -> {}
            }
        });
    }

    private Optional<MetricSnapshot> gauges() {
        List<GaugeDataPointSnapshot> points = new ArrayList<>();
        series.forEach((labels, held) -> {
            switch (held.instrument) {
                case BoundGauge gauge
                when gauge.isPresent() -> points.add(new GaugeDataPointSnapshot(gauge.value(), labels, null));
                case ScrapedGauge gauge ->
                    gauge.value().ifPresent(value -> points.add(new GaugeDataPointSnapshot(value, labels, null)));
                case BoundGauge _, BoundCounter _, BoundHistogram _ -> {}
            }
        });
        return points.isEmpty() ? Optional.empty() : Optional.of(new GaugeSnapshot(metadata, points));
    }

    private Optional<MetricSnapshot> counters() {
        List<CounterDataPointSnapshot> points = new ArrayList<>();
        series.forEach((labels, held) -> {
            if (held.instrument instanceof BoundCounter counter)
                points.add(new CounterDataPointSnapshot(counter.value(), labels, null, counter.createdMillis()));
        });
        return points.isEmpty() ? Optional.empty() : Optional.of(new CounterSnapshot(metadata, points));
    }

    private Optional<MetricSnapshot> exactCounters() {
        List<UnknownDataPointSnapshot> points = new ArrayList<>();
        series.forEach((labels, held) -> {
            if (held.instrument instanceof BoundCounter counter)
                points.add(new UnknownDataPointSnapshot(counter.value(), labels, null));
        });
        return points.isEmpty() ? Optional.empty() : Optional.of(new UnknownSnapshot(metadata, points));
    }

    private Optional<MetricSnapshot> histograms() {
        List<HistogramDataPointSnapshot> points = new ArrayList<>();
        series.forEach((_, held) -> {
            if (held.instrument instanceof BoundHistogram histogram) points.add(histogram.point());
        });
        return points.isEmpty() ? Optional.empty() : Optional.of(new HistogramSnapshot(metadata, points));
    }
}
