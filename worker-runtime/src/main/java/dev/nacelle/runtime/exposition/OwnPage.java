package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the process's own families for a scrape, and remembers the lines of those that are read directly. */
final class OwnPage implements DirectFamilies.FamilyVisitor {
    /** A family as one scrape has read it. */
    sealed interface Part {
        OwnFamily family();

        MetricMetadata metadata();

        /** The keys of its metrics' label sets. */
        LongIndex keys();

        record Snapshot(OwnFamily family, MetricSnapshot snapshot) implements Part {
            @Override
            public MetricMetadata metadata() {
                return snapshot.getMetadata();
            }

            @Override
            public LongIndex keys() {
                return OwnFamily.keys(snapshot);
            }
        }

        record Direct(OwnFamily family, MetricMetadata metadata, DirectLines lines) implements Part {
            @Override
            public LongIndex keys() {
                return lines.keys();
            }
        }
    }

    /** How many scrapes a family may be absent before its lines are forgotten. */
    private static final int MOST_ABSENT = 4;

    private static final class Remembered {
        final DirectLines lines;
        long scrape;

        Remembered(DirectLines lines) {
            this.lines = lines;
        }
    }

    private final PrometheusRegistry registry;
    private final Map<String, Remembered> remembered = new HashMap<>();
    private List<Part> parts = new ArrayList<>();
    private Set<String> exactCounters = Set.of();
    private long scrapes;

    OwnPage(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /**
     * The families that have series, in the library's order.
     *
     * @param direct false to take snapshots of all of them
     */
    List<Part> read(Set<String> exactCounters, boolean direct) {
        this.exactCounters = exactCounters;
        parts = new ArrayList<>(parts.size());
        scrapes++;
        if (direct && registry instanceof PageRegistry own) own.show(this);
        else for (MetricSnapshot snapshot : snapshots()) family(snapshot);
        remembered.values().removeIf(family -> scrapes - family.scrape > MOST_ABSENT);
        // The library orders families by name; its sort is stable as this one is.
        parts.sort(Comparator.comparing(part -> part.family().name()));
        return parts;
    }

    /** The same families, all of them as snapshots. */
    List<MetricSnapshot> snapshots() {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        if (registry instanceof PageRegistry own) own.showSnapshots(snapshots::add);
        else
            for (MetricSnapshot snapshot : registry.scrape())
                if (!snapshot.getDataPoints().isEmpty()) snapshots.add(snapshot);
        snapshots.sort(Comparator.comparing(snapshot -> snapshot.getMetadata().getPrometheusName()));
        return snapshots;
    }

    @Override
    public void family(MetricSnapshot snapshot) {
        parts.add(new Part.Snapshot(OwnFamily.of(snapshot, exactCounters), snapshot));
    }

    @Override
    public void family(MetricMetadata metadata, DirectFamilies.Kind kind, DirectFamilies.Series series) {
        OwnFamily family = OwnFamily.of(metadata, kind);
        Remembered known = remembered.computeIfAbsent(
                family.nameIn(Dialect.Format.TEXT), name -> new Remembered(new DirectLines(name)));
        known.scrape = scrapes;
        if (known.lines.readAll(series) > 0) parts.add(new Part.Direct(family, metadata, known.lines));
    }
}
