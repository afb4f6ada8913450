package dev.nacelle.benchmarks.exposition;

import dev.nacelle.runtime.exposition.PageRegistry;
import dev.nacelle.runtime.exposition.ScrapePage;
import dev.nacelle.runtime.exposition.SourceLimits;
import dev.nacelle.runtime.exposition.SourceSpec;
import dev.nacelle.runtime.metrics.BoundCounter;
import dev.nacelle.runtime.metrics.BoundGauge;
import dev.nacelle.runtime.metrics.BoundHistogram;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.FamilySpec;
import dev.nacelle.runtime.metrics.SeriesScope;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The same content in our page and in the client library's registry: of the lines half are gauges, a quarter counters
 * and a quarter belong to histograms of 14 lines each, all with five labels.
 */
final class Registries {
    private static final int SERIES_OF_A_FAMILY = 250;
    private static final int LINES_OF_A_HISTOGRAM = 14;
    private static final String[] LABEL_NAMES = {
        "dynamo_component", "dynamo_endpoint", "dynamo_namespace", "dp_rank", "worker_id"
    };

    private Registries() {}

    private static String[] labelValues(int series) {
        return new String[] {"backend", "generate", "dynamo", Integer.toString(series), "7f3a9c5e21b4"};
    }

    /** Our page: own lines in our table, foreign ones as one source's text. */
    static final class Ours implements AutoCloseable {
        final PageRegistry registry = new PageRegistry();
        final ScrapePage page = new ScrapePage(registry);
        final Families families = Families.in(registry);
        final List<BoundGauge> gauges = new ArrayList<>();
        final List<BoundCounter> counters = new ArrayList<>();
        final List<BoundHistogram> histograms = new ArrayList<>();

        Ours(int ownLines, int foreignLines) throws IOException {
            SeriesScope scope = families.scope();
            for (int i = 0; i < ownLines / 2; i++)
                gauges.add(scope.gauge(FamilySpec.gauge("own_gauge_" + i / SERIES_OF_A_FAMILY, "A gauge."), labels(i)));
            for (int i = 0; i < ownLines / 4; i++)
                counters.add(scope.counter(
                        FamilySpec.counter("own_counter_" + i / SERIES_OF_A_FAMILY + "_total", "A counter."),
                        labels(i)));
            for (int i = 0; i < ownLines / 4 / LINES_OF_A_HISTOGRAM; i++)
                histograms.add(scope.histogram(
                        FamilySpec.histogram("own_histogram_" + i / SERIES_OF_A_FAMILY, "A histogram."), labels(i)));
            if (foreignLines > 0) {
                String text = foreignText(foreignLines);
                SourceSpec spec = SourceSpec.named("foreign")
                        .paced(Duration.ofDays(1), Duration.ofSeconds(10), Duration.ofDays(1))
                        .limited(new SourceLimits(1_000_000, 1L << 29, 10_000, 4096));
                page.sources().add(spec, () -> text);
            }
        }

        private static Labels labels(int series) {
            return Labels.of(LABEL_NAMES, labelValues(series));
        }

        void change(SplittableRandom random, double share) {
            for (int i = (int) (gauges.size() * share); i > 0; i--)
                gauges.get(random.nextInt(gauges.size())).set(random.nextDouble(1000));
            for (int i = (int) (counters.size() * share); i > 0; i--)
                counters.get(random.nextInt(counters.size())).increment();
            for (int i = (int) (histograms.size() * share); i > 0; i--)
                histograms.get(random.nextInt(histograms.size())).observe(random.nextDouble());
        }

        @Override
        public void close() {
            page.close();
        }
    }

    /** The client library's registry with as many lines. */
    static final class Library {
        final PrometheusRegistry registry = new PrometheusRegistry();
        final List<io.prometheus.metrics.core.datapoints.GaugeDataPoint> gauges = new ArrayList<>();
        final List<io.prometheus.metrics.core.datapoints.CounterDataPoint> counters = new ArrayList<>();
        final List<io.prometheus.metrics.core.datapoints.DistributionDataPoint> histograms = new ArrayList<>();

        Library(String prefix, int lines) {
            for (int from = 0; from < lines / 2; from += SERIES_OF_A_FAMILY) {
                Gauge gauge = Gauge.builder()
                        .name(prefix + "_gauge_" + from / SERIES_OF_A_FAMILY)
                        .help("A gauge.")
                        .labelNames(LABEL_NAMES)
                        .withoutExemplars()
                        .register(registry);
                for (int i = from; i < Math.min(lines / 2, from + SERIES_OF_A_FAMILY); i++)
                    gauges.add(gauge.labelValues(labelValues(i)));
            }
            for (int from = 0; from < lines / 4; from += SERIES_OF_A_FAMILY) {
                Counter counter = Counter.builder()
                        .name(prefix + "_counter_" + from / SERIES_OF_A_FAMILY)
                        .help("A counter.")
                        .labelNames(LABEL_NAMES)
                        .withoutExemplars()
                        .register(registry);
                for (int i = from; i < Math.min(lines / 4, from + SERIES_OF_A_FAMILY); i++)
                    counters.add(counter.labelValues(labelValues(i)));
            }
            int count = lines / 4 / LINES_OF_A_HISTOGRAM;
            for (int from = 0; from < count; from += SERIES_OF_A_FAMILY) {
                Histogram histogram = Histogram.builder()
                        .name(prefix + "_histogram_" + from / SERIES_OF_A_FAMILY)
                        .help("A histogram.")
                        .labelNames(LABEL_NAMES)
                        .withoutExemplars()
                        .register(registry);
                for (int i = from; i < Math.min(count, from + SERIES_OF_A_FAMILY); i++)
                    histograms.add(histogram.labelValues(labelValues(i)));
            }
        }

        void change(SplittableRandom random, double share) {
            for (int i = (int) (gauges.size() * share); i > 0; i--)
                gauges.get(random.nextInt(gauges.size())).set(random.nextDouble(1000));
            for (int i = (int) (counters.size() * share); i > 0; i--)
                counters.get(random.nextInt(counters.size())).inc();
            for (int i = (int) (histograms.size() * share); i > 0; i--)
                histograms.get(random.nextInt(histograms.size())).observe(random.nextDouble());
        }
    }

    /** As many lines of text as another registry would render. */
    static String foreignText(int lines) throws IOException {
        Library library = new Library("foreign", lines);
        library.change(new SplittableRandom(1), 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, library.registry.scrape());
        return out.toString(java.nio.charset.StandardCharsets.UTF_8);
    }
}
