package dev.nacelle.runtime.exposition;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toUnmodifiableMap;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** What the bridge tells about itself, METRICS.md 8. Series come with a source and go with it. */
final class BridgeMetrics implements AutoCloseable {
    enum Failure {
        EXCEPTION,
        TIMEOUT,
        PARSE,
        TOO_LARGE
    }

    enum FamilyLoss {
        TYPE_CONFLICT,
        INVALID
    }

    enum SeriesLoss {
        DUPLICATE,
        LIMIT
    }

    /** The formats as the {@code format} label names them. */
    static final List<String> FORMATS = List.of("text", "openmetrics", "protobuf");

    /** Receives one source's age. */
    interface Ages {
        void age(String source, double seconds);
    }

    private final PrometheusRegistry registry;
    private final Histogram duration;
    private final Counter failures;
    private final Counter families;
    private final Counter series;
    private final Counter unsayable;
    private final GaugeWithCallback age;

    BridgeMetrics(PrometheusRegistry registry, Consumer<Ages> ages) {
        this.registry = registry;
        duration = Histogram.builder()
                .name("nacelle_expfmt_callback_duration_seconds")
                .help("How long a foreign registry took to render its text.")
                .labelNames("source")
                .classicUpperBounds(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
                .withoutExemplars()
                .register(registry);
        failures =
                counter("nacelle_expfmt_callback_failures", "Refreshes of a foreign registry that failed.", "reason");
        families = counter("nacelle_expfmt_families_dropped", "Foreign families left out of the page.", "reason");
        series = counter("nacelle_expfmt_series_dropped", "Foreign series left out of the page.", "reason");
        unsayable = counter(
                "nacelle_expfmt_unsayable", "What a format had no way to say about foreign families.", "format");
        age = GaugeWithCallback.builder()
                .name("nacelle_expfmt_age_seconds")
                .help("How old the text of a foreign registry is that was served last.")
                .labelNames("source")
                .callback(callback -> ages.accept((source, seconds) -> callback.call(seconds, source)))
                .register(registry);
    }

    private Counter counter(String name, String help, String label) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames("source", label)
                .withoutExemplars()
                .register(registry);
    }

    /**
     * One source's instruments, bound; they stay harmless to use after {@link #remove}. The maps hold every reason and
     * format.
     */
    record OfSource(
            DistributionDataPoint duration,
            Map<Failure, CounterDataPoint> failures,
            Map<FamilyLoss, CounterDataPoint> families,
            Map<SeriesLoss, CounterDataPoint> series,
            Map<String, CounterDataPoint> unsayable) {

        void took(Duration time) {
            duration.observe(time.toNanos() / 1e9);
        }

        void failed(Failure reason) {
            requireNonNull(failures.get(reason)).inc();
        }

        void dropped(FamilyLoss reason, int count) {
            requireNonNull(families.get(reason)).inc(count);
        }

        void dropped(SeriesLoss reason, int count) {
            requireNonNull(series.get(reason)).inc(count);
        }

        void unsayable(String format, int count) {
            requireNonNull(unsayable.get(format)).inc(count);
        }
    }

    /** Seeds the series of a source that has come. */
    OfSource add(String source) {
        return new OfSource(
                duration.labelValues(source),
                bound(failures, source, List.of(Failure.values()), BridgeMetrics::label),
                bound(families, source, List.of(FamilyLoss.values()), BridgeMetrics::label),
                bound(series, source, List.of(SeriesLoss.values()), BridgeMetrics::label),
                bound(unsayable, source, FORMATS, format -> format));
    }

    private static <K> Map<K, CounterDataPoint> bound(
            Counter counter, String source, List<K> keys, Function<K, String> label) {
        return keys.stream()
                .collect(toUnmodifiableMap(key -> key, key -> counter.labelValues(source, label.apply(key))));
    }

    /** Removes the series of a source that has gone. */
    void remove(String source) {
        duration.remove(source);
        for (Counter counter : List.of(failures, families, series, unsayable))
            counter.removeIf(labels -> labels.getFirst().equals(source));
    }

    private static String label(Enum<?> reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        registry.unregister(duration);
        registry.unregister(failures);
        registry.unregister(families);
        registry.unregister(series);
        registry.unregister(unsayable);
        registry.unregister(age);
    }
}
