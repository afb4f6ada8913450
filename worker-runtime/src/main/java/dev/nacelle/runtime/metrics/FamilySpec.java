package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a family is. Two specs of the same name must agree in everything but the help text.
 *
 * @param name exactly as the samples will show it ({@code _total} included, {@code _bucket} and the like not)
 * @param type what its samples mean
 * @param help one sentence for the operator
 * @param labelNames sorted; empty when each series brings its own
 * @param upperBounds of a histogram's classic buckets, strictly increasing, without +Inf; else empty
 * @param reserved the runtime's own: an engine cannot add series to it
 */
public record FamilySpec(
        String name,
        Type type,
        String help,
        Optional<List<String>> labelNames,
        List<Double> upperBounds,
        boolean reserved) {
    /** The types of families. */
    public enum Type {
        GAUGE,
        COUNTER,
        /**
         * A counter whose name lacks {@code _total} and must stay so: the client library and OpenMetrics know it as
         * {@code unknown} only.
         */
        EXACT_COUNTER,
        HISTOGRAM;

        @Override
        public String toString() {
            return switch (this) {
                case GAUGE -> "gauge";
                case COUNTER -> "counter";
                case EXACT_COUNTER -> "counter without _total";
                case HISTOGRAM -> "histogram";
            };
        }
    }

    private static final String TOTAL = "_total";

    public FamilySpec {
        if (!PrometheusNames.metric(name).equals(name))
            throw new IllegalArgumentException(
                    "metric name \"%s\", expected only a-z, A-Z, 0-9, _ and :, and no digit first".formatted(name));
        if (type == Type.COUNTER && !name.endsWith(TOTAL))
            throw new IllegalArgumentException("counter \"%s\", expected its name to end in _total".formatted(name));
        labelNames = labelNames.map(names -> List.copyOf(new TreeSet<>(names)));
        labelNames.ifPresent(names -> names.forEach(FamilySpec::checkLabelName));
        upperBounds = List.copyOf(upperBounds);
        checkIncreasing(name, upperBounds);
    }

    public static FamilySpec gauge(String name, String help) {
        return new FamilySpec(name, Type.GAUGE, help, Optional.empty(), List.of(), false);
    }

    /** A counter; {@code _total} is appended to the name when it lacks it. */
    public static FamilySpec counter(String name, String help) {
        var full = name.endsWith(TOTAL) ? name : name + TOTAL;
        return new FamilySpec(full, Type.COUNTER, help, Optional.empty(), List.of(), false);
    }

    /** A counter whose name stays as it is. */
    public static FamilySpec exactCounter(String name, String help) {
        return new FamilySpec(name, Type.EXACT_COUNTER, help, Optional.empty(), List.of(), false);
    }

    /** A histogram with these classic buckets, the client library's default ones if there are none, and a native one. */
    public static FamilySpec histogram(String name, String help, double... upperBounds) {
        var bounds = upperBounds.length > 0 ? upperBounds : Histogram.Builder.DEFAULT_CLASSIC_UPPER_BOUNDS;
        return new FamilySpec(
                name,
                Type.HISTOGRAM,
                help,
                Optional.empty(),
                Arrays.stream(bounds).boxed().toList(),
                false);
    }

    /** The same family with these label names for each of its series. */
    public FamilySpec labelled(String... names) {
        return new FamilySpec(name, type, help, Optional.of(List.of(names)), upperBounds, reserved);
    }

    /** The same family as the runtime's own. */
    public FamilySpec reservedForRuntime() {
        return new FamilySpec(name, type, help, labelNames, upperBounds, true);
    }

    /** Whether series of {@code other} may stand in the same family. */
    boolean agreesWith(FamilySpec other) {
        return type == other.type
                && reserved == other.reserved
                && upperBounds.equals(other.upperBounds)
                && labelNames.equals(other.labelNames);
    }

    /** The names that its samples and its metadata take in any of the formats. */
    List<String> claims() {
        return switch (type) {
            case GAUGE, EXACT_COUNTER -> List.of(name);
            case COUNTER -> List.of(name, name.substring(0, name.length() - TOTAL.length()));
            case HISTOGRAM -> List.of(name, name + "_bucket", name + "_sum", name + "_count");
        };
    }

    /** One line for an error message. */
    String described() {
        var text = new StringBuilder(type.toString());
        if (reserved) text.append(" of the runtime's own");
        labelNames.ifPresent(names -> text.append(" with labels ").append(names));
        if (!upperBounds.isEmpty()) text.append(" with buckets ").append(upperBounds);
        return text.toString();
    }

    private static void checkLabelName(String name) {
        if (!PrometheusNames.label(name).equals(name))
            throw new IllegalArgumentException(
                    "label name \"%s\", expected only a-z, A-Z, 0-9 and _, no digit first and no __".formatted(name));
    }

    private static void checkIncreasing(String name, List<Double> bounds) {
        var previous = Double.NEGATIVE_INFINITY;
        for (double bound : bounds) {
            if (!(bound > previous) || bound == Double.POSITIVE_INFINITY)
                throw new IllegalArgumentException(
                        "buckets %s of \"%s\", expected finite bounds, each above the one before"
                                .formatted(bounds, name));
            previous = bound;
        }
    }
}
