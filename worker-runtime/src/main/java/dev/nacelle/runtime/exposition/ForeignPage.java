package dev.nacelle.runtime.exposition;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A source's last good text, parsed, with what was rendered from it so far. Rendering is for one thread at a time. */
final class ForeignPage {
    private record Key(int family, Dialect dialect, boolean untyped) {}

    /** What was made last for a key, and without which metrics. */
    private record Made<T>(BitSet excluded, T result) {}

    private final String source;
    private final BridgeMetrics.OfSource metrics;
    private final Map<String, String> labels;
    private final ParsedPage parsed;
    private final byte[] text;
    private final Map<Key, Made<BlockRenderer.Rendered>> rendered = new HashMap<>();
    private final Map<Integer, Made<Conversion>> converted = new HashMap<>();
    private final Map<Integer, BitSet> countedDuplicates = new HashMap<>();
    private final Map<Integer, long[]> keys = new HashMap<>();
    private final BitSet notInProtobuf = new BitSet();

    ForeignPage(SourceSpec spec, BridgeMetrics.OfSource metrics, byte[] text, ParsedPage parsed) {
        this.source = spec.name();
        this.metrics = metrics;
        this.labels = spec.labels();
        this.text = text;
        this.parsed = parsed;
    }

    String source() {
        return source;
    }

    /** Labels to add to every sample that lacks them. */
    Map<String, String> labels() {
        return labels;
    }

    ParsedPage parsed() {
        return parsed;
    }

    byte[] text() {
        return text;
    }

    BridgeMetrics.OfSource metrics() {
        return metrics;
    }

    /** A family in a dialect, rendered once; what the dialect could not say is counted then. */
    BlockRenderer.Rendered render(int family, Dialect dialect, BitSet excluded, boolean untyped) {
        Key key = new Key(family, dialect, untyped);
        Made<BlockRenderer.Rendered> made = rendered.get(key);
        if (made == null || !made.excluded.equals(excluded)) {
            BlockRenderer renderer = new BlockRenderer(parsed.families().get(family), dialect, labels, excluded);
            BlockRenderer.Rendered result = untyped ? renderer.renderUntyped() : renderer.render();
            if (made == null) metrics.unsayable(dialect.format().label(), result.unsayable());
            made = new Made<>(excluded, result);
            rendered.put(key, made);
        }
        return made.result;
    }

    /** Counts, once each, the samples of metrics that are left out because the process has them itself. */
    void countDuplicates(int family, BitSet excluded) {
        BitSet counted = countedDuplicates.computeIfAbsent(family, _ -> new BitSet());
        BitSet fresh = (BitSet) excluded.clone();
        fresh.andNot(counted);
        if (fresh.isEmpty()) return;
        counted.or(fresh);
        metrics.dropped(
                BridgeMetrics.SeriesLoss.DUPLICATE,
                Merge.samples(parsed.families().get(family), fresh));
    }

    /** The keys of a family's metrics with the labels that are added to them. */
    long[] keys(int family) {
        ParsedFamily of = parsed.families().get(family);
        if (labels.isEmpty()) return of.keys();
        return keys.computeIfAbsent(family, _ -> keysWithLabels(of));
    }

    private long[] keysWithLabels(ParsedFamily family) {
        long[] all = family.keys().clone();
        BitSet done = new BitSet();
        for (int i = 0; i < family.size(); i++) {
            int metric = family.metric(i);
            if (done.get(metric)) continue;
            done.set(metric);
            Set<String> there = new HashSet<>();
            LabelCursor cursor = LabelCursor.ofSample(family, i);
            while (cursor.next()) there.add(cursor.name());
            for (Map.Entry<String, String> label : labels.entrySet())
                if (!there.contains(label.getKey())) all[metric] += Keys.label(label.getKey(), label.getValue());
        }
        return all;
    }

    /** Counts, once, a family that protobuf cannot say beside the others. */
    void notInProtobuf(int family) {
        if (notInProtobuf.get(family)) return;
        notInProtobuf.set(family);
        metrics.unsayable("protobuf", 1);
    }

    /**
     * A family for protobuf.
     *
     * @param typed under its own type, where it can be said so
     * @param untyped name by name as unknown
     */
    record Conversion(List<FamilyConverter.Converted> typed, List<FamilyConverter.Converted> untyped) {}

    /** A family as data points of the client library, converted once. */
    Conversion convert(int family, BitSet excluded) {
        Made<Conversion> made = converted.get(family);
        if (made == null || !made.excluded.equals(excluded)) {
            FamilyConverter converter = new FamilyConverter(parsed.families().get(family), labels, excluded);
            List<FamilyConverter.Converted> typed = converter.convert();
            if (made == null) metrics.unsayable("protobuf", converter.unsayable());
            made = new Made<>(excluded, new Conversion(typed, converter.untyped()));
            converted.put(family, made);
        }
        return made.result;
    }
}
