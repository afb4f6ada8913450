package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.HashSet;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * An owner of series: what is bound through it goes from the page when it is closed, unless another owner holds it too.
 * Instruments may be used after that, to no effect. From any thread.
 *
 * <p>Each method throws {@link IllegalArgumentException} when the family exists with another type, labels or buckets,
 * and {@link IllegalStateException} once the scope is closed.
 */
public final class SeriesScope implements AutoCloseable {
    private final Families families;
    private final Set<Held> held = new HashSet<>();
    private boolean closed;

    private record Held(String family, Labels labels) {}

    SeriesScope(Families families) {
        this.families = families;
    }

    /** A gauge, at 0 when it is new. */
    public BoundGauge gauge(FamilySpec spec, Labels labels) {
        return bound(BoundGauge.class, spec, labels, () -> new BoundGauge(false));
    }

    /** A gauge without a sample until it is set for the first time. */
    public BoundGauge gaugeOnceSet(FamilySpec spec, Labels labels) {
        return bound(BoundGauge.class, spec, labels, () -> new BoundGauge(true));
    }

    /** Shows a gauge in another family too: one update, two samples that are never apart. */
    public void alsoAs(FamilySpec spec, Labels labels, BoundGauge gauge) {
        if (bound(BoundGauge.class, spec, labels, () -> gauge) != gauge)
            throw new IllegalStateException("%s%s is bound to another gauge".formatted(spec.name(), labels));
    }

    /** A gauge that is asked by each scrape; {@code source} must be quick. */
    public void gaugeAtScrape(FamilySpec spec, Labels labels, DoubleSupplier source) {
        bound(ScrapedGauge.class, spec, labels, () -> new ScrapedGauge(spec.name(), source));
    }

    /** A counter, at 0 when it is new. */
    public BoundCounter counter(FamilySpec spec, Labels labels) {
        return bound(BoundCounter.class, spec, labels, BoundCounter::new);
    }

    /** A histogram, empty when it is new. */
    public BoundHistogram histogram(FamilySpec spec, Labels labels) {
        return bound(BoundHistogram.class, spec, labels, () -> new BoundHistogram(spec, labels));
    }

    /** Ends the series held by nobody else; idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        held.forEach(series -> families.release(series.family, series.labels));
        held.clear();
    }

    private synchronized <I extends Instrument> I bound(
            Class<I> type, FamilySpec spec, Labels labels, Supplier<Instrument> maker) {
        if (closed)
            throw new IllegalStateException("metric %s is asked for after its owner has gone".formatted(spec.name()));
        var instrument = families.hold(spec, labels, maker);
        var isNew = type.isInstance(instrument) && held.add(new Held(spec.name(), labels));
        if (!isNew) families.release(spec.name(), labels);
        if (type.isInstance(instrument)) return type.cast(instrument);
        throw new IllegalArgumentException(
                "metric %s is a %s, asked for as a %s".formatted(spec.name(), spec.type(), type.getSimpleName()));
    }
}
