package dev.nacelle.runtime.exposition;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What OpenMetrics asks of the samples of a family, beyond what text 0.0.4 does: metrics in one piece, buckets in order
 * and cumulative with {@code +Inf} last, counts and totals that are neither negative nor NaN, timestamps on all samples
 * of a metric or on none.
 */
final class OpenMetricsRules {
    private final ParsedFamily family;

    private OpenMetricsRules(ParsedFamily family) {
        this.family = family;
    }

    /**
     * The order in which OpenMetrics can say the family's samples under its type.
     *
     * @return the samples' numbers in that order; empty when it cannot
     */
    static Optional<int[]> order(ParsedFamily family) {
        OpenMetricsRules rules = new OpenMetricsRules(family);
        for (int i = 0; i < family.size(); i++) if (!rules.isGood(i)) return Optional.empty();
        int[] order = rules.isInOrder() ? IntStream.range(0, family.size()).toArray() : rules.grouped();
        return rules.areGood(order) ? Optional.of(order) : Optional.empty();
    }

    private boolean isGood(int i) {
        return switch (family.role(i)) {
            case TOTAL -> family.value(i) >= 0;
            case BUCKET -> isBound(family.special(i)) && isCount(family.value(i));
            case COUNT, GCOUNT -> isCount(family.value(i));
            case SUM -> family.value(i) >= 0;
            case GSUM -> !Double.isNaN(family.value(i));
            case INFO -> family.value(i) == 1;
            case CREATED -> true;
            case VALUE ->
                switch (family.type()) {
                    case SUMMARY -> isQuantile(family.special(i)) && !(family.value(i) < 0);
                    case STATE_SET ->
                        family.offset(i, ParsedFamily.SPECIAL) != 0 && (family.value(i) == 0 || family.value(i) == 1);
                    case COUNTER, EXACT_COUNTER, GAUGE, HISTOGRAM, GAUGE_HISTOGRAM, INFO, UNKNOWN -> true;
                };
        };
    }

    private static boolean isCount(double value) {
        return value >= 0 && value == Math.rint(value) && !Double.isInfinite(value);
    }

    private static boolean isBound(String le) {
        if (le.isEmpty()) return false;
        double bound = number(le);
        return !Double.isNaN(bound) && (bound != Double.POSITIVE_INFINITY || le.equals("+Inf"));
    }

    private static boolean isQuantile(String quantile) {
        if (quantile.isEmpty()) return false;
        double value = number(quantile);
        return value >= 0 && value <= 1;
    }

    private static double number(String token) {
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        return NumberTokens.isNumber(bytes, 0, bytes.length) ? NumberTokens.parse(bytes, 0, bytes.length) : Double.NaN;
    }

    private boolean isInOrder() {
        double bound = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < family.size(); i++) {
            if (i > 0 && family.metric(i) < family.metric(i - 1)) return false;
            if (family.hasTimestamp(i) && family.metricCount() < family.size()) return false;
            if (family.role(i) != Role.BUCKET) continue;
            double next = number(family.special(i));
            if (i > 0 && family.role(i - 1) == Role.BUCKET && family.metric(i) == family.metric(i - 1) && next <= bound)
                return false;
            bound = next;
        }
        return true;
    }

    private int[] grouped() {
        return IntStream.range(0, family.size())
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(family::metric)
                        .thenComparingDouble(this::timestamp)
                        .thenComparingInt(i -> rank(family.role(i)))
                        .thenComparingDouble(i -> family.type().isDistribution() ? number(family.special(i)) : 0))
                .mapToInt(i -> i)
                .toArray();
    }

    private double timestamp(int sample) {
        int from = family.offset(sample, ParsedFamily.TIMESTAMP);
        return from == 0
                ? Double.NEGATIVE_INFINITY
                : NumberTokens.parse(family.text(), from, family.offset(sample, ParsedFamily.END));
    }

    private static int rank(Role role) {
        return switch (role) {
            case VALUE, TOTAL, BUCKET, INFO -> 0;
            case COUNT, GCOUNT -> 1;
            case SUM, GSUM -> 2;
            case CREATED -> 3;
        };
    }

    /** Metric by metric: timestamps on all samples or none, and what a histogram must be. */
    private boolean areGood(int[] order) {
        int from = 0;
        for (int to = 1; to <= order.length; to++) {
            boolean sameMetric = to < order.length && family.metric(order[to]) == family.metric(order[from]);
            if (sameMetric && family.hasTimestamp(order[to]) != family.hasTimestamp(order[from])) return false;
            if (sameMetric && timestamp(order[to]) == timestamp(order[from])) continue;
            if (isHistogram() && !isGoodHistogram(order, from, to)) return false;
            from = to;
        }
        return true;
    }

    private boolean isHistogram() {
        return family.type() == FamilyType.HISTOGRAM || family.type() == FamilyType.GAUGE_HISTOGRAM;
    }

    private boolean isGoodHistogram(int[] order, int from, int to) {
        double bound = Double.NEGATIVE_INFINITY;
        double below = 0;
        double lowest = Double.POSITIVE_INFINITY;
        double count = Double.NaN;
        double sum = Double.NaN;
        for (int i = from; i < to; i++) {
            double value = family.value(order[i]);
            switch (family.role(order[i])) {
                case BUCKET -> {
                    double next = number(family.special(order[i]));
                    if (next <= bound || value < below) return false;
                    bound = next;
                    below = value;
                    lowest = Math.min(lowest, next);
                }
                case COUNT, GCOUNT -> count = value;
                case SUM, GSUM -> sum = value;
                case VALUE, TOTAL, CREATED, INFO -> {}
            }
        }
        if (bound != Double.POSITIVE_INFINITY) return false;
        if (Double.isNaN(count) != Double.isNaN(sum)) return false;
        if (!Double.isNaN(count) && count != below) return false;
        return family.type() == FamilyType.HISTOGRAM ? !(lowest < 0 && !Double.isNaN(sum)) : lowest < 0 || !(sum < 0);
    }
}
