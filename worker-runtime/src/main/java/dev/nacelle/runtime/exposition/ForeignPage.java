package dev.nacelle.runtime.exposition;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A source's last good text, parsed, with what was rendered from it so far. Rendering is for one thread at a time. */
final class ForeignPage {
    private record Key(int family, Dialect dialect, BitSet excluded, boolean untyped) {}

    private final String source;
    private final BridgeMetrics.OfSource metrics;
    private final Map<String, String> labels;
    private final ParsedPage parsed;
    private final byte[] text;
    private final Map<Key, BlockRenderer.Rendered> rendered = new HashMap<>();
    private final Map<Key, Conversion> converted = new HashMap<>();

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
        return rendered.computeIfAbsent(new Key(family, dialect, excluded, untyped), key -> {
            BlockRenderer renderer =
                    new BlockRenderer(parsed.families().get(key.family), key.dialect, labels, key.excluded);
            BlockRenderer.Rendered result = key.untyped ? renderer.renderUntyped() : renderer.render();
            metrics.unsayable(key.dialect.format().label(), result.unsayable());
            return result;
        });
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
        return converted.computeIfAbsent(new Key(family, Dialect.OPENMETRICS, excluded, false), key -> {
            FamilyConverter converter = new FamilyConverter(parsed.families().get(key.family), labels, key.excluded);
            List<FamilyConverter.Converted> typed = converter.convert();
            metrics.unsayable("protobuf", converter.unsayable());
            return new Conversion(typed, converter.untyped());
        });
    }
}
