package dev.nacelle.runtime.exposition;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a foreign source is read.
 *
 * @param name the {@code source} label of the bridge's own families; unique in the process
 * @param format how its text is to be read
 * @param interval time between two refreshes
 * @param timeout how long one refresh may take
 * @param maxAge a source that has been silent for longer loses its series
 * @param prefixFilters when not empty, only families whose name starts with one of these are taken
 * @param excludePrefixes families whose name starts with one of these are not taken
 * @param labels added to every sample; a label of the same name that is there already wins
 * @param limits what it may bring
 */
public record SourceSpec(
        String name,
        InputFormat format,
        Duration interval,
        Duration timeout,
        Duration maxAge,
        List<String> prefixFilters,
        List<String> excludePrefixes,
        Map<String, String> labels,
        SourceLimits limits) {

    /** How to read a source's text. */
    public enum InputFormat {
        /** OpenMetrics when the text ends in {@code # EOF}, else text 0.0.4. */
        AUTO,
        /** OpenMetrics 1.0; a text without {@code # EOF} is taken for cut off, and refused. */
        OPENMETRICS,
        /** Prometheus text 0.0.4. */
        TEXT
    }

    public SourceSpec {
        if (name.isBlank()) throw new IllegalArgumentException("a source's name is blank, expected a word or more");
        requirePositive("interval", interval);
        requirePositive("timeout", timeout);
        requirePositive("max_age", maxAge);
        prefixFilters = List.copyOf(prefixFilters);
        excludePrefixes = List.copyOf(excludePrefixes);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        for (String label : labels.keySet())
            if (!Names.isLegacyLabel(label))
                throw new IllegalArgumentException(
                        "label '%s' of source '%s', expected [a-zA-Z_][a-zA-Z0-9_]*".formatted(label, name));
    }

    /** Every 5 s, 2 s to answer, gone after 60 s, no filter, no labels, the default limits. */
    public static SourceSpec named(String name) {
        return new SourceSpec(
                name,
                InputFormat.AUTO,
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(60),
                List.of(),
                List.of(),
                Map.of(),
                SourceLimits.DEFAULT);
    }

    /** This, read at another pace. */
    public SourceSpec paced(Duration interval, Duration timeout, Duration maxAge) {
        return new SourceSpec(name, format, interval, timeout, maxAge, prefixFilters, excludePrefixes, labels, limits);
    }

    /** This, with these labels added to every sample. */
    public SourceSpec labelled(Map<String, String> labels) {
        return new SourceSpec(name, format, interval, timeout, maxAge, prefixFilters, excludePrefixes, labels, limits);
    }

    /** This, with other limits. */
    public SourceSpec limited(SourceLimits limits) {
        return new SourceSpec(name, format, interval, timeout, maxAge, prefixFilters, excludePrefixes, labels, limits);
    }

    /** This, with filters by prefix of the family's name. */
    public SourceSpec filtered(List<String> prefixFilters, List<String> excludePrefixes) {
        return new SourceSpec(name, format, interval, timeout, maxAge, prefixFilters, excludePrefixes, labels, limits);
    }

    /** True when a family of that name is to be taken. */
    boolean takes(String family) {
        return (prefixFilters.isEmpty() || prefixFilters.stream().anyMatch(family::startsWith))
                && excludePrefixes.stream().noneMatch(family::startsWith);
    }

    private static void requirePositive(String what, Duration duration) {
        if (!duration.isPositive())
            throw new IllegalArgumentException("%s %s, expected more than zero".formatted(what, duration));
    }
}
