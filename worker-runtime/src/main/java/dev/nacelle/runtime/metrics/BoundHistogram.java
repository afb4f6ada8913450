package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * A histogram bound to its series, with classic and native buckets; from any thread. It shows what the client library's would,
 * which costs several atomic operations and three objects for each observation. NaN is not observed, as there.
 */
public final class BoundHistogram implements Histogram, Instrument {
    /** A power of two, up to two a processor: more threads do not run at a time. */
    private static final int MAX_CELLS =
            Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors());

    private final Labels labels;
    private final double[] upperBounds;
    private final long createdMillis = System.currentTimeMillis();
    /** One, until two threads meet there; always a power of two. */
    private volatile HistogramCell[] cells;

    BoundHistogram(FamilySpec spec, Labels labels) {
        this.labels = labels;
        upperBounds = DoubleStream.concat(
                        spec.upperBounds().stream().mapToDouble(Double::doubleValue),
                        DoubleStream.of(Double.POSITIVE_INFINITY))
                .toArray();
        cells = new HistogramCell[] {new HistogramCell(upperBounds)};
    }

    @Override
    public void observe(double value) {
        if (Double.isNaN(value)) return;
        var all = cells;
        int first = (int) Thread.currentThread().threadId();
        for (int tries = 0; !all[(first + tries) & (all.length - 1)].tryObserve(value); tries++) {
            HistogramCell.pause(tries);
            all = more(all);
        }
    }

    public long count() {
        return totals().count();
    }

    public double sum() {
        return totals().sum();
    }

    HistogramDataPointSnapshot point() {
        return totals().shown(labels, createdMillis);
    }

    private HistogramTotals totals() {
        var sum = new HistogramTotals(upperBounds);
        for (var cell : cells) cell.addTo(sum);
        return sum;
    }

    /** Twice as many cells as a thread knew of; those it knew of stay. */
    private HistogramCell[] more(HistogramCell[] known) {
        if (known.length == MAX_CELLS) return known;
        synchronized (this) {
            if (cells.length != known.length) return cells;
            var all = Arrays.copyOf(known, known.length * 2);
            for (int i = known.length; i < all.length; i++) all[i] = new HistogramCell(upperBounds);
            cells = all;
            return all;
        }
    }
}
