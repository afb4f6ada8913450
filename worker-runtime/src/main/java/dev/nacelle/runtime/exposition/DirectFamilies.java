package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/**
 * Families whose counters and gauges a scrape of text reads directly, without making snapshots: a snapshot costs some
 * 1 400 bytes a series. A collector that implements it must be registered with a {@link PageRegistry} to be read so;
 * to any other registry it is a plain {@link MultiCollector}.
 */
public interface DirectFamilies extends MultiCollector {
    /** Shows every family that has series to the visitor. Called by one scrape at a time; must not throw. */
    void show(FamilyVisitor visitor);

    /** What a directly read family is. */
    enum Kind {
        GAUGE,
        /** A counter whose samples end in {@code _total}. */
        COUNTER,
        /** A counter whose samples bear the family's name as it is. */
        EXACT_COUNTER
    }

    /** Takes families. */
    interface FamilyVisitor {
        /**
         * A family of gauges or counters without exemplars, whose names need no quotes. A name is shown once a scrape.
         *
         * @param metadata its name (without {@code _total} for {@link Kind#COUNTER}), help and unit
         */
        void family(MetricMetadata metadata, Kind kind, Series series);

        /** Any other family. */
        void family(MetricSnapshot snapshot);
    }

    /** The series of a family. */
    @FunctionalInterface
    interface Series {
        /** Reads every series, in any order; the same one as before when no series came or went. */
        void forEach(SeriesReader reader);
    }

    /** Takes series. */
    @FunctionalInterface
    interface SeriesReader {
        /**
         * A series.
         *
         * @param labels the same object at each scrape for as long as the series lives
         */
        void read(Labels labels, double value);
    }
}
