package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A scrape in text format 0.0.4, taken apart: for tests.
 *
 * @param types family to type
 * @param samples in their order
 */
public record Page(Map<String, String> types, Map<String, String> helps, List<Sample> samples) {
    private static final Pattern PAIR = Pattern.compile("([a-zA-Z0-9_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** One line. */
    public record Sample(String name, TreeMap<String, String> labels, double value) {
        public Optional<Double> upperBound() {
            return Optional.ofNullable(labels.get("le"))
                    .map(le -> le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le));
        }

        public TreeMap<String, String> labelsWithoutBound() {
            var rest = new TreeMap<>(labels);
            rest.remove("le");
            return rest;
        }
    }

    public static Page of(PrometheusRegistry registry) {
        return parse(text(registry, PrometheusTextFormatWriter.create()));
    }

    /** A scrape of Dynamo 1.6.1, among this module's test resources. */
    public static Page ofDynamo(String file) throws IOException {
        try (var in =
                Objects.requireNonNull(Page.class.getResourceAsStream("/dev/nacelle/runtime/exposition/" + file))) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    public static String text(PrometheusRegistry registry, ExpositionFormatWriter writer) {
        var bytes = new ByteArrayOutputStream();
        try {
            writer.write(bytes, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    public static String openMetrics(PrometheusRegistry registry) {
        return text(registry, OpenMetricsTextFormatWriter.create());
    }

    public static String protobuf(PrometheusRegistry registry) {
        return new PrometheusProtobufWriter().toDebugString(registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    }

    public static Page parse(String text) {
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
    public List<Sample> family(String name) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name)
                        || (types.getOrDefault(name, "").equals("histogram")
                                && Stream.of("_bucket", "_sum", "_count")
                                        .anyMatch(suffix -> sample.name().equals(name + suffix))))
                .toList();
    }

    /** The value of the sample with exactly these labels, given as key, value, key, value. */
    public Optional<Double> value(String name, String... labels) {
        var wanted = new TreeMap<String, String>();
        for (var i = 0; i < labels.length; i += 2) wanted.put(labels[i], labels[i + 1]);
        return samples.stream()
                .filter(sample -> sample.name().equals(name) && sample.labels().equals(wanted))
                .map(Sample::value)
                .findFirst();
    }

    /** The label names of a family's series, without {@code le}; each distinct set once. */
    public Set<NavigableSet<String>> labelNames(String name) {
        var sets = new HashSet<NavigableSet<String>>();
        family(name)
                .forEach(sample ->
                        sets.add(new TreeSet<>(sample.labelsWithoutBound().keySet())));
        return sets;
    }

    /** The bounds of a histogram's classic buckets. */
    public List<Double> bounds(String name) {
        return family(name).stream()
                .flatMap(sample -> sample.upperBound().stream())
                .distinct()
                .toList();
    }

    /** The families that both pages have; fails when one differs in type, labels, buckets or sample names. */
    public Set<String> familiesThatAgreeWith(Page theirs) {
        var shared = new TreeSet<>(theirs.types.keySet());
        shared.retainAll(types.keySet());
        for (var family : shared) {
            assertThat(types.get(family)).as(family).isEqualTo(theirs.types.get(family));
            assertThat(labelNames(family)).as(family).isEqualTo(theirs.labelNames(family));
            assertThat(bounds(family)).as(family).isEqualTo(theirs.bounds(family));
            assertThat(sampleNames(family)).as(family).isEqualTo(theirs.sampleNames(family));
        }
        return shared;
    }

    private Set<String> sampleNames(String name) {
        return family(name).stream().map(Sample::name).collect(Collectors.toSet());
    }
}
