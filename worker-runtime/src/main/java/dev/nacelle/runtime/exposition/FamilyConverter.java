package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns a foreign family into data points of the client library, which writes protobuf from them. */
final class FamilyConverter {
    /** Data points of one family. */
    record Converted(String name, FamilyType type, String help, String unit, List<DataPointSnapshot> points) {}

    private final ParsedFamily family;
    private final Map<String, String> injected;
    private final BitSet excluded;
    private int unsayable;

    FamilyConverter(ParsedFamily family, Map<String, String> injected, BitSet excluded) {
        this.family = family;
        this.injected = injected;
        this.excluded = excluded;
    }

    int unsayable() {
        return unsayable;
    }

    /** Under its own type, or name by name as unknown where the library's type asks for more than is there. */
    List<Converted> convert() {
        Optional<int[]> order = OpenMetricsRules.order(family);
        if (order.isPresent()) {
            try {
                return List.of(typed(order.get()));
            } catch (IllegalArgumentException _) {
                // The library, or the format, is stricter about something than OpenMetrics is.
            }
        }
        unsayable++;
        return untyped();
    }

    List<Converted> untyped() {
        Map<Role, List<DataPointSnapshot>> points = new LinkedHashMap<>();
        for (int i = 0; i < family.size(); i++) {
            if (excluded.get(family.metric(i))) continue;
            if (family.offset(i, ParsedFamily.EXEMPLAR) != 0) unsayable++;
            try {
                points.computeIfAbsent(family.role(i), _ -> new ArrayList<>())
                        .add(new UnknownDataPointSnapshot(family.value(i), labels(i, true), null, timestampMillis(i)));
            } catch (IllegalArgumentException _) {
                unsayable++;
            }
        }
        List<Converted> converted = new ArrayList<>();
        points.forEach((role, of) -> {
            if (!of.isEmpty())
                converted.add(new Converted(family.name() + role.suffix(), FamilyType.UNKNOWN, family.help(), "", of));
        });
        return converted;
    }

    private Converted typed(int[] order) {
        List<DataPointSnapshot> points = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= order.length; to++) {
            if (to < order.length && family.metric(order[to]) == family.metric(order[from])) continue;
            if (!excluded.get(family.metric(order[from]))) addMetric(order, from, to, points);
            from = to;
        }
        for (int i : order) if (!excluded.get(family.metric(i))) unsayable += unsayableOf(i);
        FamilyType type = family.type() == FamilyType.EXACT_COUNTER ? FamilyType.UNKNOWN : family.type();
        if (family.type() == FamilyType.EXACT_COUNTER) unsayable++;
        boolean united = !family.unit().isEmpty() && family.name().endsWith("_" + family.unit());
        return new Converted(family.name(), type, family.help(), united ? family.unit() : "", points);
    }

    /** Exemplars of other samples than these, and created times that the library does not write. */
    private int unsayableOf(int sample) {
        Role role = family.role(sample);
        int count = role == Role.CREATED && family.type() != FamilyType.COUNTER ? 1 : 0;
        boolean takesExemplar = role == Role.TOTAL || role == Role.BUCKET;
        return family.offset(sample, ParsedFamily.EXEMPLAR) != 0 && !takesExemplar ? count + 1 : count;
    }

    private void addMetric(int[] order, int from, int to, List<DataPointSnapshot> points) {
        // Of several points in time protobuf has room for one: the last.
        int start = from;
        for (int i = from + 1; i < to; i++) {
            if (timestampMillis(order[i]) == timestampMillis(order[start])) continue;
            start = i;
            unsayable++;
        }
        points.add(point(order, start, to));
    }

    private DataPointSnapshot point(int[] order, int from, int to) {
        int first = order[from];
        Labels labels = labels(first, false);
        long timestamp = timestampMillis(first);
        return switch (family.type()) {
            case GAUGE -> new GaugeDataPointSnapshot(family.value(first), labels, null, timestamp);
            case UNKNOWN, EXACT_COUNTER -> new UnknownDataPointSnapshot(family.value(first), labels, null, timestamp);
            case INFO -> new InfoDataPointSnapshot(labels, timestamp);
            case COUNTER -> counter(order, from, to, labels, timestamp);
            case HISTOGRAM, GAUGE_HISTOGRAM -> histogram(order, from, to, labels, timestamp);
            case SUMMARY -> summary(order, from, to, labels, timestamp);
            case STATE_SET -> {
                StateSetDataPointSnapshot.Builder states =
                        StateSetDataPointSnapshot.builder().labels(labels).scrapeTimestampMillis(timestamp);
                for (int i = from; i < to; i++) states.state(state(order[i]), family.value(order[i]) == 1);
                yield states.build();
            }
        };
    }

    private DataPointSnapshot counter(int[] order, int from, int to, Labels labels, long timestamp) {
        double value = Double.NaN;
        long created = 0;
        Exemplar exemplar = null;
        for (int i = from; i < to; i++) {
            if (family.role(order[i]) == Role.CREATED) {
                created = createdMillis(order[i]);
            } else {
                value = family.value(order[i]);
                exemplar = exemplar(order[i]);
            }
        }
        if (Double.isNaN(value)) throw new IllegalArgumentException("a counter without a total");
        return new CounterDataPointSnapshot(value, labels, exemplar, created, timestamp);
    }

    private DataPointSnapshot histogram(int[] order, int from, int to, Labels labels, long timestamp) {
        List<Double> bounds = new ArrayList<>();
        List<Number> counts = new ArrayList<>();
        List<Exemplar> exemplars = new ArrayList<>();
        double below = 0;
        double sum = Double.NaN;
        long created = 0;
        for (int i = from; i < to; i++) {
            int sample = order[i];
            switch (family.role(sample)) {
                case BUCKET -> {
                    bounds.add(bound(sample));
                    counts.add((long) (family.value(sample) - below));
                    below = family.value(sample);
                    Exemplar exemplar = exemplar(sample);
                    if (exemplar != null) exemplars.add(exemplar);
                }
                case SUM, GSUM -> sum = family.value(sample);
                case CREATED -> created = createdMillis(sample);
                case VALUE, TOTAL, COUNT, GCOUNT, INFO -> {}
            }
        }
        if (Double.isNaN(sum)) throw absent();
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum(sum)
                .labels(labels)
                .exemplars(Exemplars.of(exemplars))
                .createdTimestampMillis(created)
                .scrapeTimestampMillis(timestamp)
                .build();
    }

    private DataPointSnapshot summary(int[] order, int from, int to, Labels labels, long timestamp) {
        List<Quantile> quantiles = new ArrayList<>();
        SummaryDataPointSnapshot.Builder summary =
                SummaryDataPointSnapshot.builder().labels(labels).scrapeTimestampMillis(timestamp);
        boolean counted = false;
        boolean summed = false;
        for (int i = from; i < to; i++) {
            int sample = order[i];
            counted |= family.role(sample) == Role.COUNT;
            summed |= family.role(sample) == Role.SUM;
            switch (family.role(sample)) {
                case VALUE -> quantiles.add(new Quantile(bound(sample), family.value(sample)));
                case COUNT -> summary.count((long) family.value(sample));
                case SUM -> summary.sum(family.value(sample));
                case CREATED -> summary.createdTimestampMillis(createdMillis(sample));
                case TOTAL, BUCKET, GCOUNT, GSUM, INFO -> {}
            }
        }
        if (!counted || !summed) throw absent();
        return summary.quantiles(Quantiles.of(quantiles)).build();
    }

    private static IllegalArgumentException absent() {
        return new IllegalArgumentException("no count or no sum, which a reader of protobuf would take for 0");
    }

    private String state(int sample) {
        LabelCursor labels = LabelCursor.ofSample(family, sample);
        while (labels.next()) if (labels.isNamed(family.name())) return labels.value();
        throw new IllegalArgumentException("a state set's sample without its state");
    }

    private double bound(int sample) {
        byte[] token = family.special(sample).getBytes(StandardCharsets.UTF_8);
        return NumberTokens.parse(token, 0, token.length);
    }

    private long createdMillis(int sample) {
        return Math.round(family.value(sample) * 1000);
    }

    private long timestampMillis(int sample) {
        int from = family.offset(sample, ParsedFamily.TIMESTAMP);
        if (from == 0) return 0;
        int to = family.offset(sample, ParsedFamily.END);
        return family.openMetrics()
                ? new BigDecimal(new String(family.text(), from, to - from, StandardCharsets.ISO_8859_1))
                        .movePointRight(3)
                        .setScale(0, RoundingMode.FLOOR)
                        .longValue()
                : NumberTokens.timestamp(family.text(), from, to);
    }

    private Labels labels(int sample, boolean withSpecial) {
        Map<String, String> labels = new LinkedHashMap<>();
        String special = withSpecial ? "" : specialLabel(sample);
        LabelCursor cursor = LabelCursor.ofSample(family, sample);
        while (cursor.next()) if (!cursor.isNamed(special)) labels.put(cursor.name(), cursor.value());
        injected.forEach(labels::putIfAbsent);
        return Labels.of(labels.keySet().toArray(new String[0]), labels.values().toArray(new String[0]));
    }

    private String specialLabel(int sample) {
        return switch (family.role(sample)) {
            case BUCKET -> "le";
            case VALUE ->
                switch (family.type()) {
                    case SUMMARY -> "quantile";
                    case STATE_SET -> family.name();
                    default -> "";
                };
            default -> "";
        };
    }

    private @Nullable Exemplar exemplar(int sample) {
        int hash = family.offset(sample, ParsedFamily.EXEMPLAR);
        if (hash == 0) return null;
        byte[] text = family.text();
        int brace = hash;
        while (text[brace] != '{') brace++;
        LabelCursor cursor = LabelCursor.ofExemplar(text, brace);
        Map<String, String> labels = new HashMap<>();
        while (cursor.next()) labels.put(cursor.name(), cursor.value());
        int end = cursor.end();
        while (end < text.length && text[end] != '\n' && text[end] != '\r') end++;
        String[] tokens = new String(text, cursor.end(), end - cursor.end(), StandardCharsets.ISO_8859_1)
                .strip()
                .split("[ \t]+", -1);
        byte[] value = tokens[0].getBytes(StandardCharsets.ISO_8859_1);
        long millis = tokens.length > 1
                ? new BigDecimal(tokens[1])
                        .movePointRight(3)
                        .setScale(0, RoundingMode.FLOOR)
                        .longValue()
                : 0;
        return new Exemplar(
                NumberTokens.parse(value, 0, value.length),
                Labels.of(
                        labels.keySet().toArray(new String[0]), labels.values().toArray(new String[0])),
                millis);
    }
}
