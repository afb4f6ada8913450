package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusProtobufWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A scrape in text format 0.0.4, taken apart: for tests.
 *
 * @param types family to type
 * @param samples in their order
 */
record Page(Map<String, String> types, Map<String, String> helps, List<Sample> samples) {
    private static final Pattern PAIR = Pattern.compile("([a-zA-Z0-9_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** One line. */
    record Sample(String name, TreeMap<String, String> labels, double value) {
        Optional<Double> upperBound() {
            return Optional.ofNullable(labels.get("le"))
                    .map(le -> le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le));
        }

        TreeMap<String, String> labelsWithoutBound() {
            var rest = new TreeMap<>(labels);
            rest.remove("le");
            return rest;
        }
    }

    static Page of(PrometheusRegistry registry) {
        return parse(text(registry, PrometheusTextFormatWriter.create()));
    }

    static String text(PrometheusRegistry registry, ExpositionFormatWriter writer) {
        var bytes = new ByteArrayOutputStream();
        try {
            writer.write(bytes, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    static String openMetrics(PrometheusRegistry registry) {
        return text(registry, OpenMetricsTextFormatWriter.create());
    }

    static String protobuf(PrometheusRegistry registry) {
        return new PrometheusProtobufWriter().toDebugString(registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    }

    static Page parse(String text) {
        var types = new LinkedHashMap<String, String>();
        var helps = new LinkedHashMap<String, String>();
        var samples = text.lines()
                .filter(line -> !line.isBlank())
                .flatMap(line -> {
                    if (!line.startsWith("#")) return Stream.of(sample(line));
                    var parts = line.split(" ", 4);
                    var known = (parts[1].equals("TYPE") ? types : helps).put(parts[2], parts[3]);
                    if (known != null) throw new AssertionError("twice: " + line);
                    return Stream.empty();
                })
                .toList();
        return new Page(types, helps, samples);
    }

    private static Sample sample(String line) {
        var brace = line.indexOf('{');
        var space = line.lastIndexOf(' ');
        var value = Double.parseDouble(line.substring(space + 1).replace("+Inf", "Infinity"));
        if (brace < 0) return new Sample(line.substring(0, space), new TreeMap<>(), value);
        var labels = new TreeMap<String, String>();
        var pairs = PAIR.matcher(line.substring(brace, line.lastIndexOf('}')));
        while (pairs.find()) labels.put(pairs.group(1), pairs.group(2));
        return new Sample(line.substring(0, brace), labels, value);
    }

    /** The samples of a family, whatever suffix they have. */
    List<Sample> family(String name) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name)
                        || (types.getOrDefault(name, "").equals("histogram")
                                && Stream.of("_bucket", "_sum", "_count")
                                        .anyMatch(suffix -> sample.name().equals(name + suffix))))
                .toList();
    }

    /** The value of the sample with exactly these labels, given as key, value, key, value. */
    Optional<Double> value(String name, String... labels) {
        var wanted = new TreeMap<String, String>();
        for (var i = 0; i < labels.length; i += 2) wanted.put(labels[i], labels[i + 1]);
        return samples.stream()
                .filter(sample -> sample.name().equals(name) && sample.labels().equals(wanted))
                .map(Sample::value)
                .findFirst();
    }

    /** The label names of a family's series, without {@code le}; each distinct set once. */
    Set<NavigableSet<String>> labelNames(String name) {
        var sets = new HashSet<NavigableSet<String>>();
        family(name)
                .forEach(sample ->
                        sets.add(new TreeSet<>(sample.labelsWithoutBound().keySet())));
        return sets;
    }

    /** The bounds of a histogram's classic buckets. */
    List<Double> bounds(String name) {
        return family(name).stream()
                .flatMap(sample -> sample.upperBound().stream())
                .distinct()
                .toList();
    }
}
