package dev.nacelle.frontend.metrics;

import dev.nacelle.spi.config.Setting;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Histogram buckets at equal distances on a logarithmic scale. Holds any values; {@link #isUsable} judges them, as a wrong
 * bucket must not keep a process from starting.
 *
 * @param min above 0; the first bucket is 0 nevertheless
 * @param max above {@code min}
 * @param count 2 to {@link #MOST}, before duplicates fall away
 */
public record LogBuckets(
        @Setting("What the scale begins with, above 0; the first bucket is 0")
        double min,

        @Setting("The last bucket, above min") double max,

        @Setting("How many buckets, from 2 to 512") int count) {
    /** Most buckets of a histogram. */
    public static final int MOST = 512;

    /** Far from where exponents overflow. */
    private static final double LARGEST = 1e300;

    public boolean isUsable() {
        return min > 0 && max > min && max <= LARGEST && count >= 2 && count <= MOST;
    }

    /**
     * The upper bounds: 0, then {@code exp(ln min + (ln max − ln min)·i/(count−1))} for i from 1 to count−1, to two
     * significant figures, each value once.
     */
    public double[] upperBounds() {
        if (!isUsable())
            throw new IllegalArgumentException(
                    "buckets %s, expected 0 < min < max and 2 to %d of them".formatted(this, MOST));
        var low = Math.log(min);
        var step = (Math.log(max) - low) / (count - 1);
        return DoubleStream.concat(
                        DoubleStream.of(0),
                        IntStream.range(1, count).mapToDouble(i -> twoFigures(Math.exp(low + step * i))))
                .distinct()
                .toArray();
    }

    private static double twoFigures(double value) {
        return new BigDecimal(value).round(new MathContext(2)).doubleValue();
    }
}
