package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
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
        for (DataPointSnapshot point : snapshot.getDataPoints()) {
            long key = 0;
            for (Label label : point.getLabels()) key += Keys.label(label.getName(), label.getValue());
            keys.add(key);
        }
        return keys;
    }
}
