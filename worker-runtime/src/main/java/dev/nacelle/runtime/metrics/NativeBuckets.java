package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Counts of a native histogram's buckets of one sign, as many as were hit. Bucket i of schema s ends at 2^(i·2^-s), itself
 * included, and begins where the one before ends: Prometheus' specification of native histograms. Not thread-safe.
 */
final class NativeBuckets {
    /** That of the buckets which {@link #indexOf} tells: 32 to a doubling. */
    static final int FINEST = 5;

    private static final int PER_DOUBLING = 1 << FINEST;
    private static final long ONE = Double.doubleToRawLongBits(1);
    private static final long MANTISSA = (1L << 52) - 1;
    /** Where the buckets between 1 and 2 end, 1 and 2 included. */
    private static final double[] ENDS = ends();

    private static final int GUESS_BITS = 6;
    /** By the first bits of a mantissa, the first bucket that it may be in; the next one is the last. */
    private static final byte[] GUESSES = new byte[1 << GUESS_BITS];

    static {
        for (int i = 0, bucket = 0; i < GUESSES.length; i++) {
            while (ENDS[bucket] < 1 + (double) i / GUESSES.length) bucket++;
            GUESSES[i] = (byte) bucket;
        }
    }

    /** Open addressing; a slot whose count is 0 is free. */
    private int[] indexes = new int[16];

    private long[] counts = new long[indexes.length];
    private int size;

    /** Rounded correctly, which {@link Math#pow} promises nobody. */
    private static double[] ends() {
        var digits = new MathContext(40);
        var step = BigDecimal.TWO;
        for (int i = 0; i < FINEST; i++) step = step.sqrt(digits);
        var ends = new double[PER_DOUBLING + 1];
        for (int i = 0; i < ends.length; i++) ends[i] = step.pow(i, digits).doubleValue();
        return ends;
    }

    /** The bucket of a value, which is finite and more than 2^-1022. */
    static int indexOf(double value) {
        long bits = Double.doubleToRawLongBits(value);
        double mantissa = Double.longBitsToDouble((bits & MANTISSA) | ONE);
        int bucket = GUESSES[(int) ((bits & MANTISSA) >>> (52 - GUESS_BITS))];
        while (mantissa > ENDS[bucket]) bucket++;
        return Math.getExponent(value) * PER_DOUBLING + bucket;
    }

    /** The bucket that a bucket is in when that many times two neighbours become one. */
    static int coarser(int index, int times) {
        return (index + (1 << times) - 1) >> times;
    }

    /** How many buckets were hit. */
    int size() {
        return size;
    }

    void add(int index, long count) {
        int slot = slot(index);
        if (counts[slot] == 0) {
            if ((size + 1) * 2 > indexes.length) {
                grow();
                slot = slot(index);
            }
            indexes[slot] = index;
            size++;
        }
        counts[slot] += count;
    }

    /** Adds others' counts, in buckets as many times coarser. */
    void addAll(NativeBuckets others, int times) {
        for (int i = 0; i < others.indexes.length; i++)
            if (others.counts[i] != 0) add(coarser(others.indexes[i], times), others.counts[i]);
    }

    NativeBuckets coarser(int times) {
        var result = new NativeBuckets();
        result.addAll(this, times);
        return result;
    }

    NativeHistogramBuckets shown() {
        var sorted = IntStream.range(0, indexes.length)
                .filter(i -> counts[i] != 0)
                .map(i -> indexes[i])
                .sorted()
                .toArray();
        return NativeHistogramBuckets.of(
                sorted,
                Arrays.stream(sorted).mapToLong(index -> counts[slot(index)]).toArray());
    }

    /** Where a bucket is, or would be. */
    private int slot(int index) {
        int mask = indexes.length - 1;
        // Buckets that are hit lie close together: 2^32 divided by the golden ratio spreads them (Knuth 6.4).
        int slot = (index * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(mask);
        while (counts[slot] != 0 && indexes[slot] != index) slot = (slot + 1) & mask;
        return slot;
    }

    /** Memory may run out: then nothing has changed. */
    private void grow() {
        int[] oldIndexes = indexes;
        long[] oldCounts = counts;
        int[] newIndexes = new int[oldIndexes.length * 2];
        counts = new long[newIndexes.length];
        indexes = newIndexes;
        for (int i = 0; i < oldIndexes.length; i++) {
            if (oldCounts[i] == 0) continue;
            int slot = slot(oldIndexes[i]);
            indexes[slot] = oldIndexes[i];
            counts[slot] = oldCounts[i];
        }
    }
}
