package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;

/**
 * What was observed, in classic buckets and in native ones. Native buckets begin as fine as the client library's, and become
 * coarser as long as there are too many of them (its do so once for each new one). Not thread-safe; to observe allocates
 * nothing but for new buckets.
 */
final class HistogramTotals {
    /** The client library's default, and its two that follow. */
    private static final int MAX_NATIVE_BUCKETS = 160;

    private static final double ZERO_THRESHOLD = 0x1p-128;
    /** The specification knows none coarser. */
    private static final int COARSEST = -4;

    private final double[] upperBounds;
    private final long[] classic;
    private int schema = NativeBuckets.FINEST;
    private NativeBuckets positive = new NativeBuckets();
    private NativeBuckets negative = new NativeBuckets();
    private long zero;
    private double sum;

    /** @param upperBounds of the classic buckets, increasing, the last +Inf; not changed by anybody any more */
    HistogramTotals(double[] upperBounds) {
        this.upperBounds = upperBounds;
        classic = new long[upperBounds.length];
    }

    /** @param value not NaN */
    void observe(double value) {
        int bucket = 0;
        while (value > upperBounds[bucket]) bucket++;
        classic[bucket]++;
        sum += value;
        if (value > ZERO_THRESHOLD) addNative(positive, value);
        else if (value < -ZERO_THRESHOLD) addNative(negative, -value);
        else zero++;
    }

    private void addNative(NativeBuckets buckets, double value) {
        // Infinity has a bucket of its own, the one after the largest number's.
        int index =
                value <= Double.MAX_VALUE ? NativeBuckets.indexOf(value) : NativeBuckets.indexOf(Double.MAX_VALUE) + 1;
        buckets.add(NativeBuckets.coarser(index, NativeBuckets.FINEST - schema), 1);
        bound();
    }

    /** Takes in others, of the same classic buckets. */
    void add(HistogramTotals others) {
        for (int i = 0; i < classic.length; i++) classic[i] += others.classic[i];
        sum += others.sum;
        zero += others.zero;
        if (others.schema < schema) coarsen(others.schema);
        positive.addAll(others.positive, others.schema - schema);
        negative.addAll(others.negative, others.schema - schema);
        bound();
    }

    private void bound() {
        while (positive.size() + negative.size() > MAX_NATIVE_BUCKETS && schema > COARSEST) coarsen(schema - 1);
    }

    /** Memory may run out: then nothing has changed. */
    private void coarsen(int to) {
        var coarserPositive = positive.coarser(schema - to);
        negative = negative.coarser(schema - to);
        positive = coarserPositive;
        schema = to;
    }

    long count() {
        return Arrays.stream(classic).sum();
    }

    double sum() {
        return sum;
    }

    HistogramDataPointSnapshot shown(Labels labels, long createdMillis) {
        return new HistogramDataPointSnapshot(
                ClassicHistogramBuckets.of(upperBounds, classic),
                schema,
                zero,
                ZERO_THRESHOLD,
                positive.shown(),
                negative.shown(),
                sum,
                labels,
                Exemplars.EMPTY,
                createdMillis);
    }
}
