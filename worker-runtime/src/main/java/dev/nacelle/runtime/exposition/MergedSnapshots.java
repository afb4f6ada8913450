package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the process's snapshots and the foreign families together, one snapshot a family. */
final class MergedSnapshots {
    private record Group(String name, MetricMetadata metadata, FamilyType type, List<DataPointSnapshot> points) {}

    private static final Logger LOG = LoggerFactory.getLogger(MergedSnapshots.class);

    /** By the name that the library takes for the family's identity, in which escaping may have made one of two. */
    private final Map<String, Group> groups = new LinkedHashMap<>();

    private final Map<Integer, LongIndex> ownKeys = new HashMap<>();
    private final List<MetricSnapshot> own;

    private MergedSnapshots(List<MetricSnapshot> own) {
        this.own = own;
    }

    static MetricSnapshots of(
            List<MetricSnapshot> own, List<OwnFamily> families, List<Merge.Accepted> accepted, NameFilter filter) {
        MergedSnapshots merged = new MergedSnapshots(own);
        for (int i = 0; i < own.size(); i++)
            if (filter.takes(families.get(i))) merged.addOwn(own.get(i), families.get(i));
        for (Merge.Accepted family : accepted) if (filter.takes(family.family())) merged.add(family);
        List<MetricSnapshot> snapshots = new ArrayList<>();
        merged.groups.forEach((name, group) -> {
            try {
                snapshots.add(snapshot(group));
            } catch (IllegalArgumentException e) {
                // The library is stricter than the formats are; one family is not worth the page.
                LOG.debug("family '{}' cannot be said in protobuf", name, e);
            }
        });
        return new MetricSnapshots(snapshots);
    }

    private void addOwn(MetricSnapshot snapshot, OwnFamily family) {
        FamilyType type = family.type();
        List<DataPointSnapshot> points = new ArrayList<>(snapshot.getDataPoints());
        if (type == FamilyType.EXACT_COUNTER) {
            // The library would append the suffix.
            type = FamilyType.UNKNOWN;
            if (snapshot instanceof CounterSnapshot)
                points.replaceAll(point -> point instanceof CounterDataPointSnapshot counter
                        ? new UnknownDataPointSnapshot(
                                counter.getValue(), counter.getLabels(), null, counter.getScrapeTimestampMillis())
                        : point);
        }
        Group group = new Group(family.name(), snapshot.getMetadata(), type, points);
        Group there = groups.putIfAbsent(family.name(), group);
        if (there != null && there.type == type) there.points.addAll(points);
    }

    private void add(Merge.Accepted family) {
        BitSet excluded = family.own() < 0
                ? family.excluded()
                : family.excludedBeside(ownKeys.computeIfAbsent(family.own(), i -> OwnFamily.keys(own.get(i))));
        ForeignPage.Conversion converted = family.page().convert(family.index(), excluded);
        if (!place(converted.typed()) && !place(converted.untyped()))
            family.page().notInProtobuf(family.index());
    }

    private boolean place(List<FamilyConverter.Converted> families) {
        for (FamilyConverter.Converted family : families) {
            Group there = groups.get(PrometheusNaming.prometheusName(family.name()));
            if (there != null && (there.type != family.type() || !there.name.equals(family.name()))) return false;
        }
        for (FamilyConverter.Converted family : families) {
            if (family.points().isEmpty()) continue;
            groups.computeIfAbsent(
                            PrometheusNaming.prometheusName(family.name()),
                            _ -> new Group(family.name(), metadata(family), family.type(), new ArrayList<>()))
                    .points
                    .addAll(family.points());
        }
        return true;
    }

    private static MetricMetadata metadata(FamilyConverter.Converted family) {
        return family.unit().isEmpty()
                ? new MetricMetadata(family.name(), family.help())
                : new MetricMetadata(family.name(), family.help(), new Unit(family.unit()));
    }

    private static MetricSnapshot snapshot(Group group) {
        return switch (group.type) {
            case COUNTER -> new CounterSnapshot(group.metadata, cast(group, CounterDataPointSnapshot.class));
            case GAUGE -> new GaugeSnapshot(group.metadata, cast(group, GaugeDataPointSnapshot.class));
            case HISTOGRAM -> new HistogramSnapshot(group.metadata, cast(group, HistogramDataPointSnapshot.class));
            case GAUGE_HISTOGRAM ->
                new HistogramSnapshot(true, group.metadata, cast(group, HistogramDataPointSnapshot.class));
            case SUMMARY -> new SummarySnapshot(group.metadata, cast(group, SummaryDataPointSnapshot.class));
            case INFO -> new InfoSnapshot(group.metadata, cast(group, InfoDataPointSnapshot.class));
            case STATE_SET -> new StateSetSnapshot(group.metadata, cast(group, StateSetDataPointSnapshot.class));
            case UNKNOWN, EXACT_COUNTER ->
                new UnknownSnapshot(group.metadata, cast(group, UnknownDataPointSnapshot.class));
        };
    }

    private static <T> List<T> cast(Group group, Class<T> type) {
        // The library refuses a family with two equal series, and names that differ in dots only are equal to it.
        Set<Labels> seen = new HashSet<>();
        return group.points.stream()
                .filter(point -> seen.add(point.getLabels()))
                .map(type::cast)
                .toList();
    }
}
