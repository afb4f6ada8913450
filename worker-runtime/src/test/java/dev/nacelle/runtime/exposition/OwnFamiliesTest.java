package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.StateSet;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Our writer against the client library's, byte for byte. */
class OwnFamiliesTest {
    private static final double[] VALUES = {
        0,
        -0.0,
        1,
        -1,
        0.1,
        1e7,
        9999999,
        1e-3,
        1e22,
        123456.789,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        1.0 / 3
    };
    private static final String[] TEXTS = {"", "a", "b c", "q\"uote", "back\\slash", "new\nline", "ünïcode ☃", "\t"};

    private static String library(PrometheusRegistry registry, Dialect dialect) {
        ExpositionFormatWriter writer = switch (dialect.format()) {
            case TEXT -> PrometheusTextFormatWriter.builder().build();
            case OPENMETRICS -> OpenMetricsTextFormatWriter.builder().build();
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape(), dialect.escaping());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String ours(ScrapePage page, Dialect dialect) {
        PageBuffer buffer = page.write(dialect, NameFilter.ALL);
        String text = new String(buffer.toBytes(), StandardCharsets.UTF_8);
        page.release(buffer);
        return text;
    }

    @Test
    void everyKindOfInstrumentIsWrittenAsTheLibraryWritesIt() {
        for (int seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            PrometheusRegistry registry = seed % 2 == 0 ? new PrometheusRegistry() : new PageRegistry();
            int families = random.nextInt(1, 12);
            for (int i = 0; i < families; i++) register(registry, "f" + i, random);
            try (ScrapePage page = new ScrapePage(registry)) {
                for (Dialect.Format format : Dialect.Format.values())
                    for (EscapingScheme escaping : EscapingScheme.values()) {
                        Dialect dialect = new Dialect(format, escaping);
                        assertThat(ours(page, dialect))
                                .as("seed %d %s", seed, dialect)
                                .isEqualTo(library(registry, dialect));
                    }
            }
        }
    }

    private static String pick(SplittableRandom random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private static double value(SplittableRandom random) {
        return random.nextInt(3) == 0
                ? Double.longBitsToDouble(random.nextLong())
                : VALUES[random.nextInt(VALUES.length)];
    }

    private static void register(PrometheusRegistry registry, String name, SplittableRandom random) {
        String help = pick(random);
        String[] labels = random.nextBoolean() ? new String[] {"l2", "l1"} : new String[0];
        int series = labels.length == 0 ? 1 : random.nextInt(5);
        switch (random.nextInt(8)) {
            case 0 -> {
                Counter counter = Counter.builder()
                        .name(name)
                        .help(help)
                        .labelNames(labels)
                        .register(registry);
                for (int i = 0; i < series; i++)
                    counter.labelValues(values(labels, random))
                            .incWithExemplar(Math.abs(random.nextDouble()) * 1e6, Labels.of("trace_id", pick(random)));
            }
            case 1 -> {
                Gauge gauge = Gauge.builder()
                        .name(name + "_bytes")
                        .unit(Unit.BYTES)
                        .help(help)
                        .labelNames(labels)
                        .register(registry);
                for (int i = 0; i < series; i++)
                    gauge.labelValues(values(labels, random)).set(value(random));
            }
            case 2, 3 -> {
                Histogram.Builder builder = Histogram.builder()
                        .name(name + "_seconds")
                        .unit(Unit.SECONDS)
                        .help(help)
                        .labelNames(labels);
                if (random.nextInt(3) == 0) builder.nativeOnly();
                Histogram histogram = builder.register(registry);
                for (int i = 0; i < series; i++)
                    for (int j = 0; j < 20; j++)
                        histogram
                                .labelValues(values(labels, random))
                                .observeWithExemplar(random.nextDouble() * 10, Labels.of("trace_id", "t" + j));
            }
            case 4 -> {
                Summary summary = Summary.builder()
                        .name(name)
                        .help(help)
                        .labelNames(labels)
                        .quantile(0.5)
                        .quantile(0.99)
                        .register(registry);
                for (int i = 0; i < series; i++)
                    summary.labelValues(values(labels, random)).observe(random.nextDouble());
            }
            case 5 -> {
                Info info = Info.builder()
                        .name(name)
                        .help(help)
                        .labelNames("version")
                        .register(registry);
                info.addLabelValues(pick(random));
            }
            case 6 -> {
                StateSet states = StateSet.builder()
                        .name(name)
                        .help(help)
                        .labelNames(labels)
                        .states("A", "b \"x\"")
                        .register(registry);
                for (int i = 0; i < series; i++)
                    states.labelValues(values(labels, random)).setTrue("A");
            }
            default -> {
                String utf8 = random.nextBoolean() ? name + ".dots-ü" : name + "_gh";
                HistogramDataPointSnapshot point = HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(
                                new double[] {1, 2.5, Double.POSITIVE_INFINITY}, new long[] {1, 2, 3}))
                        .sum(value(random))
                        .labels(random.nextBoolean() ? Labels.of("a.b", pick(random)) : Labels.EMPTY)
                        .build();
                MetricSnapshot snapshot = random.nextBoolean()
                        ? new HistogramSnapshot(true, new MetricMetadata(utf8, help), List.of(point))
                        : new GaugeSnapshot(
                                new MetricMetadata(utf8, help),
                                List.of(new GaugeSnapshot.GaugeDataPointSnapshot(
                                        value(random), Labels.of("a.b", pick(random)), null)));
                registry.register((Collector) () -> snapshot);
            }
        }
    }

    private static String[] values(String[] labels, SplittableRandom random) {
        String[] values = new String[labels.length];
        for (int i = 0; i < values.length; i++) values[i] = pick(random);
        return values;
    }

    /** A table of gauges and counters that can be read directly. */
    private static final class Table implements DirectFamilies {
        final MetricMetadata gauge = new MetricMetadata("table_gauge", "A gauge.");
        final MetricMetadata counter = new MetricMetadata("table_events", "A counter.");
        final Map<Labels, Double> series = new LinkedHashMap<>();

        @Override
        public void show(FamilyVisitor visitor) {
            visitor.family(gauge, Kind.GAUGE, reader -> series.forEach(reader::read));
            visitor.family(
                    counter,
                    Kind.COUNTER,
                    reader -> series.forEach((labels, value) -> reader.read(labels, Math.abs(value))));
        }

        @Override
        public MetricSnapshots collect() {
            List<GaugeSnapshot.GaugeDataPointSnapshot> gauges = new ArrayList<>();
            List<CounterSnapshot.CounterDataPointSnapshot> counters = new ArrayList<>();
            series.forEach((labels, value) -> {
                gauges.add(new GaugeSnapshot.GaugeDataPointSnapshot(value, labels, null));
                counters.add(new CounterSnapshot.CounterDataPointSnapshot(Math.abs(value), labels, null, 0));
            });
            return MetricSnapshots.of(new GaugeSnapshot(gauge, gauges), new CounterSnapshot(counter, counters));
        }
    }

    @Test
    void familiesReadDirectlyAreWrittenAsTheirSnapshots() {
        PageRegistry registry = new PageRegistry();
        Table table = new Table();
        registry.register(table);
        Gauge.builder().name("between").register(registry).set(1);
        SplittableRandom random = new SplittableRandom(1);
        try (ScrapePage page = new ScrapePage(registry)) {
            for (int round = 0; round < 150; round++) {
                int changes = random.nextInt(4);
                for (int i = 0; i < changes; i++) {
                    List<Labels> known = List.copyOf(table.series.keySet());
                    int what = random.nextInt(known.isEmpty() ? 1 : 12);
                    if (what == 0) table.series.put(Labels.of("x", pick(random) + random.nextInt(50)), 0.0);
                    else if (what == 1) table.series.remove(known.get(random.nextInt(known.size())));
                    else
                        table.series.put(
                                known.get(random.nextInt(known.size())),
                                random.nextBoolean() ? (double) random.nextInt(100) : random.nextDouble(1000));
                }
                for (Dialect dialect : List.of(
                        Dialect.TEXT,
                        Dialect.OPENMETRICS,
                        new Dialect(Dialect.Format.TEXT, EscapingScheme.DOTS_ESCAPING)))
                    assertThat(ours(page, dialect)).as("round %d", round).isEqualTo(library(registry, dialect));
            }
        }
    }

    @Test
    void aCollectorThatThrowsCostsItsOwnFamiliesOnly() {
        PageRegistry registry = new PageRegistry();
        Gauge.builder().name("good").register(registry).set(1);
        registry.register((MultiCollector) () -> {
            throw new IllegalStateException("no value");
        });
        try (ScrapePage page = new ScrapePage(registry)) {
            assertThat(ours(page, Dialect.TEXT)).isEqualTo("# TYPE good gauge\ngood 1.0\n");
            assertThat(page.snapshots(NameFilter.ALL).size()).isEqualTo(1);
        }
    }
}
