package dev.nacelle.frontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogBucketsTest {
    @Test
    void theFormulaGivesTheBucketsOfTheContract() {
        assertThat(new LogBuckets(1, 512, 10).upperBounds()).containsExactly(0, 2, 4, 8, 16, 32, 64, 130, 260, 510);
        assertThat(new LogBuckets(0.001, 80, 20).upperBounds())
                .containsExactly(
                        0, 0.0018, 0.0033, 0.0059, 0.011, 0.02, 0.035, 0.064, 0.12, 0.21, 0.38, 0.69, 1.2, 2.3, 4.1,
                        7.4, 13, 24, 44, 80);
        // The router's.
        assertThat(new LogBuckets(0.001, 2, 13).upperBounds())
                .containsExactly(0, 0.0019, 0.0035, 0.0067, 0.013, 0.024, 0.045, 0.084, 0.16, 0.3, 0.56, 1.1, 2);
    }

    @Test
    void duplicatesFallAway() {
        var bounds = new LogBuckets(1, 1.5, 100).upperBounds();
        assertThat(bounds).containsExactly(0, 1, 1.1, 1.2, 1.3, 1.4, 1.5);
    }

    @Test
    void anyUsableTripleGivesIncreasingBoundsOfTwoFigures() {
        var random = new Random(11);
        for (var i = 0; i < 500; i++) {
            var min = Math.exp(random.nextDouble(-600, 600));
            var buckets = new LogBuckets(min, min * (1 + random.nextDouble(1e6)), random.nextInt(2, 513));
            if (!buckets.isUsable()) continue;
            var bounds = buckets.upperBounds();
            assertThat(bounds.length).isBetween(2, buckets.count());
            assertThat(bounds[0]).isZero();
            for (var j = 1; j < bounds.length; j++) assertThat(bounds[j]).isGreaterThan(bounds[j - 1]);
            assertThat(Arrays.stream(bounds).skip(1)).allMatch(LogBucketsTest::hasTwoFigures);
        }
    }

    @Test
    void anUnusableTripleIsToldApart() {
        var wrong = List.of(
                new LogBuckets(0, 1, 10),
                new LogBuckets(-1, 1, 10),
                new LogBuckets(2, 1, 10),
                new LogBuckets(1, 1, 10),
                new LogBuckets(1, 2, 1),
                new LogBuckets(1, 2, 513),
                new LogBuckets(Double.NaN, 2, 5),
                new LogBuckets(1, Double.NaN, 5),
                new LogBuckets(1, Double.POSITIVE_INFINITY, 5));
        assertThat(wrong).noneMatch(LogBuckets::isUsable);
        assertThatThrownBy(() -> wrong.getFirst().upperBounds())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("min=0.0");
        assertThat(new LogBuckets(1, 2, 2).isUsable()).isTrue();
        assertThat(new LogBuckets(1, 2, 512).isUsable()).isTrue();
    }

    private static boolean hasTwoFigures(double bound) {
        var digits = new BigDecimal(Double.toString(bound)).stripTrailingZeros();
        return digits.precision() <= 2;
    }
}
