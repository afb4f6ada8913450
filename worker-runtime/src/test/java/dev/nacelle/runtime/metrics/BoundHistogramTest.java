package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Own histograms beside the client library's, which are what Prometheus' tools know. */
@Timeout(60)
class BoundHistogramTest {
    private static final double[] BOUNDS = {-1, 0, 0.001, 0.01, 0.1, 1, 10};
    private static final Labels LABELS = Labels.of("model", "m");

    private final BoundHistogram ours = new BoundHistogram(FamilySpec.histogram("h", "", BOUNDS), LABELS);
    private final Histogram library = Histogram.builder()
            .name("h")
            .constLabels(LABELS)
            .classicUpperBounds(BOUNDS)
            .build();

    @Test
    void beginsAtZero() {
        same(List.of());
    }

    /** Its edges are off by some units in the last place, but for powers of two. */
    @Test
    void edgesOfBucketsAreWhereTheLibraryHasThem() {
        var values = IntStream.rangeClosed(-40 * 32, 40 * 32)
                .mapToDouble(i -> Math.pow(2, i / 32.0))
                .flatMap(edge -> edge == Math.scalb(1.0, Math.getExponent(edge))
                        ? DoubleStream.of(edge * (1 - 1e-14), edge, edge * (1 + 1e-14))
                        : DoubleStream.of(edge * (1 - 1e-14), edge * (1 + 1e-14)))
                .boxed()
                .toList();
        // Each by itself, as together they would make the buckets coarse.
        for (double value : values) {
            var one = new BoundHistogram(FamilySpec.histogram("h", "", BOUNDS), LABELS);
            var other = Histogram.builder().name("h").classicUpperBounds(BOUNDS).build();
            one.observe(value);
            other.observe(value);
            same(one.point(), other.collect().getDataPoints().getFirst());
        }
    }

    @Test
    void whatIsNoOrdinaryNumberFallsWhereTheLibraryPutsIt() {
        same(List.of(
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.MAX_VALUE,
                Double.MIN_VALUE,
                0.0,
                -0.0,
                0x1p-128,
                Math.nextUp(0x1p-128),
                -0x1p-128,
                -5.0));
        assertThat(ours.sum()).isInfinite();
        assertThat(ours.count()).isEqualTo(9);
    }

    @Test
    void bothInfinitiesAreCounted() {
        same(List.of(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 1.0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void manyValuesShowWhatTheLibraryShows(int seed) {
        var random = new Random(seed);
        // From latencies that lie close together to values so wide apart that buckets must become as coarse as can be.
        double spread = Math.pow(2, seed - 1);
        DoubleSupplier next = () -> random.nextGaussian() < -1 - seed
                ? 0
                : Math.exp(random.nextGaussian() * spread) * (seed % 2 == 0 && random.nextInt(10) == 0 ? -1 : 1);
        for (int i = 0; i < 50; i++)
            same(DoubleStream.generate(next).limit(200).boxed().toList());
    }

    /** Where the library becomes coarser once for each new bucket, and shows more than it may. */
    @Test
    void bucketsAreNeverTooMany() {
        for (int k = -80; k <= 80; k++) ours.observe(Math.scalb(1.0, k));
        assertThat(ours.point().getNativeSchema()).isEqualTo(-1);
        assertThat(ours.point().getNativeBucketsForPositiveValues().size()).isEqualTo(81);
    }

    /** Cells become coarse each for itself. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void totalsOfPartsAreThoseOfTheWhole(int seed) {
        var random = new Random(seed);
        double[] bounds = {1, Double.POSITIVE_INFINITY};
        var whole = new HistogramTotals(bounds);
        var parts = Stream.generate(() -> new HistogramTotals(bounds)).limit(4).collect(Collectors.toList());
        for (int i = 0; i < 2_000; i++) {
            int part = random.nextInt(4);
            // The later the part, the farther apart its values, and the coarser its buckets.
            double value = Math.rint(Math.exp(random.nextGaussian() * Math.pow(4, part - 1)) * 1e6) / 1e6;
            if (random.nextInt(5) == 0) value = -value;
            whole.observe(value);
            parts.get(part).observe(value);
        }
        assertThat(parts.stream().map(part -> part.shown(LABELS, 0).getNativeSchema()))
                .doesNotHaveDuplicates();
        for (int order = 0; order < 10; order++) {
            Collections.shuffle(parts, random);
            var sum = new HistogramTotals(bounds);
            parts.forEach(sum::add);
            same(sum.shown(LABELS, 0), whole.shown(LABELS, 0));
        }
    }

    @Test
    void nothingIsLostBetweenThreads() throws Exception {
        int threads = 8;
        int each = 50_000;
        var begin = new CountDownLatch(1);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var running = IntStream.range(0, threads)
                    .mapToObj(thread -> pool.submit(() -> {
                        begin.await();
                        for (int i = 0; i < each; i++) ours.observe(thread + 1);
                        return thread;
                    }))
                    .toList();
            begin.countDown();
            long before = 0;
            while (before < (long) threads * each) {
                var point = ours.point();
                assertThat(point.getCount()).isGreaterThanOrEqualTo(before);
                assertThat(nativeCount(point)).isEqualTo(point.getCount());
                before = point.getCount();
            }
            for (var one : running) one.get();
        }
        assertThat(ours.count()).isEqualTo((long) threads * each);
        assertThat(ours.sum()).isEqualTo(36.0 * each);
    }

    @Test
    void anObservationLeavesNoGarbage() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 1000; i++) ours.observe(i / 100.0);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000_000; i++) ours.observe(i % 1000 / 100.0);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
    }

    private void same(List<Double> values) {
        for (double value : values) {
            ours.observe(value);
            library.observe(value);
        }
        same(ours.point(), library.collect().getDataPoints().getFirst());
    }

    private static void same(HistogramDataPointSnapshot ours, HistogramDataPointSnapshot theirs) {
        assertThat(ours.getClassicBuckets().stream().map(bucket -> bucket.getUpperBound() + ": " + bucket.getCount()))
                .containsExactlyElementsOf(theirs.getClassicBuckets().stream()
                        .map(bucket -> bucket.getUpperBound() + ": " + bucket.getCount())
                        .toList());
        assertThat(ours.getCount()).isEqualTo(theirs.getCount());
        assertThat(ours.getNativeSchema()).isEqualTo(theirs.getNativeSchema());
        assertThat(ours.getNativeZeroThreshold()).isEqualTo(theirs.getNativeZeroThreshold());
        assertThat(ours.getNativeZeroCount()).isEqualTo(theirs.getNativeZeroCount());
        assertThat(shown(ours.getNativeBucketsForPositiveValues()))
                .isEqualTo(shown(theirs.getNativeBucketsForPositiveValues()));
        assertThat(shown(ours.getNativeBucketsForNegativeValues()))
                .isEqualTo(shown(theirs.getNativeBucketsForNegativeValues()));
        if (Double.isFinite(theirs.getSum()))
            assertThat(ours.getSum()).isCloseTo(theirs.getSum(), within(1e-9 * Math.abs(theirs.getSum()) + 1e-9));
        else assertThat(Double.compare(ours.getSum(), theirs.getSum())).isZero();
    }

    private static List<String> shown(NativeHistogramBuckets buckets) {
        return buckets.stream()
                .map(bucket -> bucket.getBucketIndex() + ": " + bucket.getCount())
                .toList();
    }

    private static long nativeCount(HistogramDataPointSnapshot point) {
        return point.getNativeBucketsForPositiveValues().stream()
                .mapToLong(bucket -> bucket.getCount())
                .sum();
    }
}
