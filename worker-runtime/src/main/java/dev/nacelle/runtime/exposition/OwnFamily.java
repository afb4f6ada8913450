package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A family of the process itself.
 *
 * @param name without suffix, as Prometheus sees it
 * @param type what it is
 */
record OwnFamily(String name, FamilyType type) {
    static OwnFamily of(MetricSnapshot snapshot, Set<String> exactCounters) {
        String name = snapshot.getMetadata().getPrometheusName();
        FamilyType type = switch (snapshot) {
            case CounterSnapshot _ -> exactCounters.contains(name) ? FamilyType.EXACT_COUNTER : FamilyType.COUNTER;
            case GaugeSnapshot _ -> FamilyType.GAUGE;
            case HistogramSnapshot h -> h.isGaugeHistogram() ? FamilyType.GAUGE_HISTOGRAM : FamilyType.HISTOGRAM;
            case SummarySnapshot _ -> FamilyType.SUMMARY;
            case InfoSnapshot _ -> FamilyType.INFO;
            case StateSetSnapshot _ -> FamilyType.STATE_SET;
            default -> exactCounters.contains(name) ? FamilyType.EXACT_COUNTER : FamilyType.UNKNOWN;
        };
        return new OwnFamily(name, type);
    }

    String nameIn(Dialect.Format format) {
        return switch (format) {
            case OPENMETRICS -> name;
            case TEXT ->
                switch (type) {
                    case COUNTER -> name + Role.TOTAL.suffix();
                    case INFO -> name + Role.INFO.suffix();
                    default -> name;
                };
        };
    }

    String nameIn(Dialect dialect) {
        return dialect.name(name) + nameIn(dialect.format()).substring(name.length());
    }

    /** The names that its samples may bear. */
    List<String> sampleNames() {
        Stream<Role> roles = switch (type) {
            case COUNTER -> Stream.of(Role.TOTAL);
            case INFO -> Stream.of(Role.INFO);
            case HISTOGRAM -> Stream.of(Role.BUCKET, Role.COUNT, Role.SUM);
            case GAUGE_HISTOGRAM -> Stream.of(Role.BUCKET, Role.GCOUNT, Role.GSUM);
            case SUMMARY -> Stream.of(Role.VALUE, Role.COUNT, Role.SUM);
            case EXACT_COUNTER, GAUGE, STATE_SET, UNKNOWN -> Stream.of(Role.VALUE);
        };
        return roles.map(role -> name + role.suffix()).toList();
    }

    /** The keys of its metrics' label sets, as the parser reckons them. */
    static LongIndex keys(MetricSnapshot snapshot) {
        LongIndex keys = new LongIndex();
        for (DataPointSnapshot point : snapshot.getDataPoints()) keys.add(key(point.getLabels()));
        return keys;
    }

    static long key(Labels labels) {
        long key = 0;
        for (Label label : labels) key += Keys.label(label.getName(), label.getValue());
        return key;
    }

    static OwnFamily of(MetricMetadata metadata, DirectFamilies.Kind kind) {
        return new OwnFamily(
                metadata.getPrometheusName(),
                switch (kind) {
                    case GAUGE -> FamilyType.GAUGE;
                    case COUNTER -> FamilyType.COUNTER;
                    case EXACT_COUNTER -> FamilyType.EXACT_COUNTER;
                });
    }
}
