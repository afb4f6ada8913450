package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DistributionDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes the client library's snapshots in a text dialect, byte for byte as the library does where it can say them. */
final class SnapshotWriter {
    private final PageBuffer to;
    private final Dialect dialect;
    private final boolean openMetrics;

    SnapshotWriter(PageBuffer to, Dialect dialect) {
        this.to = to;
        this.dialect = dialect;
        this.openMetrics = dialect.format() == Dialect.Format.OPENMETRICS;
    }

    /** HELP, TYPE and UNIT of a family. */
    void head(MetricMetadata metadata, OwnFamily family) {
        String suffix = openMetrics
                ? ""
                : switch (family.type()) {
                    case COUNTER -> "_total";
                    case INFO -> "_info";
                    default -> "";
                };
        head(metadata, suffix, family.type().word(dialect.format()));
    }

    private void head(MetricMetadata metadata, String suffix, String type) {
        String help = metadata.getHelp();
        Block.writeHead(
                to,
                dialect.format(),
                name(metadata) + suffix,
                type,
                help == null ? "" : help,
                metadata.hasUnit() ? String.valueOf(metadata.getUnit()) : "");
    }

    /** The samples of a family. */
    void samples(MetricSnapshot snapshot, boolean exact) {
        String name = name(snapshot.getMetadata());
        switch (snapshot) {
            case CounterSnapshot counter -> {
                for (CounterSnapshot.CounterDataPointSnapshot data : counter.getDataPoints()) {
                    start(name, exact ? "" : "_total", data.getLabels());
                    to.put(data.getValue());
                    end(data, exact ? null : data.getExemplar());
                }
            }
            case GaugeSnapshot gauge -> {
                for (GaugeSnapshot.GaugeDataPointSnapshot data : gauge.getDataPoints()) {
                    start(name, "", data.getLabels());
                    to.put(data.getValue());
                    end(data, null);
                }
            }
            case HistogramSnapshot histogram -> histogram(name, histogram);
            case SummarySnapshot summary -> {
                for (SummarySnapshot.SummaryDataPointSnapshot data : summary.getDataPoints()) summary(name, data);
            }
            case InfoSnapshot info -> {
                for (InfoSnapshot.InfoDataPointSnapshot data : info.getDataPoints()) {
                    start(name, "_info", data.getLabels());
                    to.put('1');
                    end(data, null);
                }
            }
            case StateSetSnapshot states -> {
                for (StateSetSnapshot.StateSetDataPointSnapshot data : states.getDataPoints()) states(name, data);
            }
            case UnknownSnapshot unknown -> {
                for (UnknownSnapshot.UnknownDataPointSnapshot data : unknown.getDataPoints()) {
                    start(name, "", data.getLabels());
                    to.put(data.getValue());
                    end(data, null);
                }
            }
            default -> {}
        }
    }

    private void histogram(String name, HistogramSnapshot histogram) {
        boolean gauge = histogram.isGaugeHistogram();
        for (HistogramDataPointSnapshot data : histogram.getDataPoints()) {
            buckets(name, data);
            // OpenMetrics has count and sum together or not at all; text 0.0.4 has no word for those of a gauge.
            if (openMetrics ? data.hasCount() && data.hasSum() : !gauge)
                countAndSum(name, data, gauge ? "_gcount" : "_count", gauge ? "_gsum" : "_sum");
        }
        if (gauge && !openMetrics) {
            asGauge(name, histogram, "_gcount", DistributionDataPointSnapshot::hasCount);
            asGauge(name, histogram, "_gsum", DistributionDataPointSnapshot::hasSum);
        }
    }

    private void buckets(String name, HistogramDataPointSnapshot data) {
        ClassicHistogramBuckets buckets = data.hasClassicHistogramData()
                ? data.getClassicBuckets()
                : ClassicHistogramBuckets.of(new double[] {Double.POSITIVE_INFINITY}, new long[] {data.getCount()});
        Exemplars exemplars = data.getExemplars();
        double below = Double.NEGATIVE_INFINITY;
        long count = 0;
        for (int i = 0; i < buckets.size(); i++) {
            count += buckets.getCount(i);
            double bound = buckets.getUpperBound(i);
            start(name, "_bucket", data.getLabels(), "le", bound);
            to.put(count);
            end(data, openMetrics ? exemplars.get(below, bound) : null);
            below = bound;
        }
    }

    private void asGauge(
            String name, HistogramSnapshot histogram, String suffix, Predicate<DistributionDataPointSnapshot> has) {
        boolean headed = false;
        for (HistogramDataPointSnapshot data : histogram.getDataPoints()) {
            if (!has.test(data)) continue;
            if (!headed) head(histogram.getMetadata(), suffix, "gauge");
            headed = true;
            start(name, suffix, data.getLabels());
            if (suffix.equals("_gcount")) to.put(data.getCount());
            else to.put(data.getSum());
            end(data, null);
        }
    }

    private void summary(String name, SummarySnapshot.SummaryDataPointSnapshot data) {
        for (Quantile quantile : data.getQuantiles()) {
            start(name, "", data.getLabels(), "quantile", quantile.getQuantile());
            to.put(quantile.getValue());
            end(data, null);
        }
        countAndSum(name, data, "_count", "_sum");
    }

    private void countAndSum(String name, DistributionDataPointSnapshot data, String count, String sum) {
        if (data.hasCount()) {
            start(name, count, data.getLabels());
            to.put(data.getCount());
            end(data, null);
        }
        if (data.hasSum()) {
            start(name, sum, data.getLabels());
            to.put(data.getSum());
            end(data, null);
        }
    }

    private void states(String name, StateSetSnapshot.StateSetDataPointSnapshot data) {
        for (int i = 0; i < data.size(); i++) {
            boolean quoted = !Names.isLegacyMetric(name);
            if (quoted) to.put('{').putMetricName(name);
            else to.put(name);
            to.put(quoted ? ',' : '{');
            if (labels(data.getLabels(), false)) to.put(',');
            to.putLabelName(name).put("=\"").putEscaped(data.getName(i)).put("\"} ");
            to.put(data.isTrue(i) ? '1' : '0');
            end(data, null);
        }
    }

    private void start(String name, String suffix, Labels labels) {
        start(name, suffix, labels, "", 0);
    }

    private void start(String name, String suffix, Labels labels, String special, double value) {
        boolean quoted = !Names.isLegacyMetric(name);
        if (quoted) to.put('{').put('"').putEscaped(name).put(suffix).put('"');
        else to.put(name).put(suffix);
        boolean some = !labels.isEmpty() || !special.isEmpty();
        if (some) to.put(quoted ? ',' : '{');
        boolean written = labels(labels, false);
        if (!special.isEmpty()) {
            if (written) to.put(',');
            to.put(special).put("=\"").put(value).put('"');
        }
        if (some || quoted) to.put('}');
        to.put(' ');
    }

    private boolean labels(Labels labels, boolean after) {
        for (int i = 0; i < labels.size(); i++) {
            if (i > 0 || after) to.put(',');
            to.putLabelName(label(labels, i))
                    .put("=\"")
                    .putEscaped(labels.getValue(i))
                    .put('"');
        }
        return !labels.isEmpty();
    }

    private void end(DataPointSnapshot data, @Nullable Exemplar exemplar) {
        if (data.hasScrapeTimestamp()) {
            to.put(' ');
            if (openMetrics) to.putSeconds(data.getScrapeTimestampMillis());
            else to.put(data.getScrapeTimestampMillis());
        }
        if (openMetrics && exemplar != null) {
            to.put(" # {");
            labels(exemplar.getLabels(), false);
            to.put("} ").put(exemplar.getValue());
            if (exemplar.hasTimestamp()) to.put(' ').putSeconds(exemplar.getTimestampMillis());
        }
        to.put('\n');
    }

    private String name(MetricMetadata metadata) {
        return dialect.escaping() == EscapingScheme.UNDERSCORE_ESCAPING
                ? metadata.getPrometheusName()
                : dialect.name(metadata.getName());
    }

    private String label(Labels labels, int index) {
        return dialect.escaping() == EscapingScheme.UNDERSCORE_ESCAPING
                ? labels.getPrometheusName(index)
                : dialect.name(labels.getName(index));
    }
}
