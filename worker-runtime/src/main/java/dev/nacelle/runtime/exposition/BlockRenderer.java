package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.config.EscapingScheme;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a foreign family into the blocks that say it in a dialect. Lines that the dialect takes as they are stay where
 * they are in the source's text; the others are written anew, values as they were.
 */
final class BlockRenderer {
    /** OpenMetrics allows that many characters in an exemplar's labels. */
    private static final int MOST_EXEMPLAR_CHARACTERS = 128;

    /**
     * A family in a dialect.
     *
     * @param blocks under its own type; or, where the dialect has no way to say that, one block of type unknown for
     *     each name that its samples bear
     * @param unsayable how many things had to be left out or said otherwise
     */
    record Rendered(List<Block> blocks, int unsayable) {}

    private final ParsedFamily family;
    private final Dialect dialect;
    private final Map<String, String> injected;
    private final BitSet excluded;
    private int unsayable;
    /** Escaping may make one of two series. */
    private boolean mayClash;
    /** If so: of the labels that were written last, with the names that they were written with. */
    private long labelsKey;

    /**
     * @param injected labels to add where they are absent
     * @param excluded metrics to leave out
     */
    BlockRenderer(ParsedFamily family, Dialect dialect, Map<String, String> injected, BitSet excluded) {
        this.family = family;
        this.dialect = dialect;
        this.injected = injected;
        this.excluded = excluded;
    }

    Rendered render() {
        List<Block> blocks = switch (dialect.format()) {
            case TEXT -> text();
            case OPENMETRICS -> {
                Optional<int[]> order = OpenMetricsRules.order(family);
                if (order.isPresent()) yield openMetrics(order.get());
                unsayable++;
                yield untyped();
            }
        };
        return new Rendered(blocks, unsayable);
    }

    /** Each name that samples bear as an unknown family of its own: what can always be said. */
    Rendered renderUntyped() {
        return new Rendered(untyped(), unsayable + 1);
    }

    private List<Block> text() {
        Map<Role, List<Integer>> parts = new EnumMap<>(Role.class);
        for (int i = 0; i < family.size(); i++) {
            // Created times and a gauge histogram's count and sum are families of their own here.
            Role part = switch (family.role(i)) {
                case CREATED, GCOUNT, GSUM -> family.role(i);
                default -> Role.VALUE;
            };
            if (!excluded.get(family.metric(i)))
                parts.computeIfAbsent(part, _ -> new ArrayList<>()).add(i);
            if (family.offset(i, ParsedFamily.EXEMPLAR) != 0) unsayable++;
        }
        List<Block> blocks = new ArrayList<>();
        parts.forEach((part, samples) -> {
            String name = part == Role.VALUE ? family.textName() : family.name() + part.suffix();
            String type = part == Role.VALUE ? family.type().word(Dialect.Format.TEXT) : "gauge";
            blocks.add(block(name, type, blocks.isEmpty() ? family.comments() : List.of(), toArray(samples), false));
        });
        return blocks;
    }

    private List<Block> openMetrics(int[] order) {
        int[] samples = excluded.isEmpty()
                ? order
                : Arrays.stream(order)
                        .filter(i -> !excluded.get(family.metric(i)))
                        .toArray();
        if (family.type() == FamilyType.EXACT_COUNTER) unsayable++;
        if (samples.length == 0) return List.of();
        return List.of(block(family.name(), family.type().word(Dialect.Format.OPENMETRICS), List.of(), samples, true));
    }

    private List<Block> untyped() {
        Map<Role, List<Integer>> parts = new EnumMap<>(Role.class);
        Set<String> once = new HashSet<>();
        for (int i = 0; i < family.size(); i++) {
            if (excluded.get(family.metric(i))) continue;
            Role role = family.role(i);
            // A series with several points in time can be said only in one piece: of these, the first is.
            if (!once.add(role + " " + family.metric(i) + " " + family.special(i))) unsayable++;
            else parts.computeIfAbsent(role, _ -> new ArrayList<>()).add(i);
            if (family.offset(i, ParsedFamily.EXEMPLAR) != 0) unsayable++;
        }
        List<Block> blocks = new ArrayList<>();
        parts.forEach((role, samples) ->
                blocks.add(block(family.name() + role.suffix(), "unknown", List.of(), toArray(samples), false)));
        return blocks;
    }

    private Block block(String name, String type, List<String> comments, int[] samples, boolean exemplars) {
        Set<String> names = new HashSet<>();
        String base = dialect.name(family.name());
        for (int i : samples) names.add(base + family.role(i).suffix());
        String written = base + name.substring(family.name().length());
        String unit = dialect.format() == Dialect.Format.OPENMETRICS
                        && type.equals(family.type().word(Dialect.Format.OPENMETRICS))
                        && family.type() != FamilyType.INFO
                        && family.type() != FamilyType.STATE_SET
                        && written.endsWith("_" + family.unit())
                ? family.unit()
                : "";
        int[] ranges = verbatim(samples, exemplars);
        byte[] bytes = family.text();
        if (ranges.length == 0 && samples.length > 0) {
            bytes = rewritten(samples, exemplars);
            ranges = bytes.length == 0 ? new int[0] : new int[] {0, bytes.length - 1};
        }
        return new Block(written, type, family.help(), unit, comments, List.copyOf(names), bytes, ranges);
    }

    /** The samples as runs of the source's text; empty when one of them has to be written anew. */
    private int[] verbatim(int[] samples, boolean exemplars) {
        if (!injected.isEmpty() || dialect.escaping() == EscapingScheme.DOTS_ESCAPING) return new int[0];
        int[] ranges = new int[8];
        int size = 0;
        byte[] text = family.text();
        boolean sameClock = family.openMetrics() == (dialect.format() == Dialect.Format.OPENMETRICS);
        for (int i : samples) {
            if (!family.has(i, ParsedFamily.VERBATIM)
                    || (family.has(i, ParsedFamily.QUOTED) && dialect.escaping() != EscapingScheme.ALLOW_UTF8)
                    || (family.hasTimestamp(i) && !sameClock)
                    || (exemplars && family.offset(i, ParsedFamily.EXEMPLAR) != 0)) return new int[0];
            int from = family.offset(i, ParsedFamily.START);
            int to = family.offset(i, ParsedFamily.END);
            if (size > 0 && from == ranges[size - 1] + 1 && text[from - 1] == '\n') {
                ranges[size - 1] = to;
            } else {
                if (size == ranges.length) ranges = Arrays.copyOf(ranges, size * 2);
                ranges[size++] = from;
                ranges[size++] = to;
            }
        }
        return Arrays.copyOf(ranges, size);
    }

    private byte[] rewritten(int[] samples, boolean exemplars) {
        PageBuffer to = new PageBuffer(samples.length * 100 + 16);
        LongIndex written = new LongIndex();
        mayClash = dialect.escaping() != EscapingScheme.ALLOW_UTF8
                && Arrays.stream(samples).anyMatch(i -> family.has(i, ParsedFamily.QUOTED));
        for (int i : samples) {
            int before = to.size();
            boolean said = write(i, to, exemplars);
            // Escaping may make one of two names, and then of two labels or series.
            if (said && mayClash && !family.hasTimestamp(i)) {
                int known = written.size();
                said = written.add(Keys.mix(labelsKey, family.roleCode(i))) == known;
            }
            if (!said) {
                to.truncate(before);
                unsayable++;
            }
        }
        return to.toBytes();
    }

    /** Returns false when two of its labels' names have become one. */
    private boolean write(int sample, PageBuffer to, boolean exemplars) {
        LabelCursor labels = LabelCursor.ofSample(family, sample);
        String name = dialect.name(family.name()) + family.role(sample).suffix();
        if (!writeNameAndLabels(labels, to, name)) return false;
        to.put(' ')
                .put(
                        family.text(),
                        family.offset(sample, ParsedFamily.VALUE),
                        family.offset(sample, ParsedFamily.VALUE_END));
        writeTimestamp(sample, to);
        if (exemplars) writeExemplar(sample, to);
        to.put('\n');
        return true;
    }

    private boolean writeNameAndLabels(LabelCursor labels, PageBuffer to, String name) {
        boolean inBraces = !Names.isLegacyMetric(name);
        if (inBraces) to.put('{');
        to.putMetricName(name);
        Set<String> there = new HashSet<>();
        labelsKey = 0;
        boolean open = inBraces;
        while (labels.next()) {
            String label = dialect.name(labels.name());
            if (!there.add(label)) return false;
            writeLabel(label, labels.value(), open, to);
            open = true;
        }
        for (Map.Entry<String, String> label : injected.entrySet()) {
            if (there.contains(label.getKey())) continue;
            writeLabel(label.getKey(), label.getValue(), open, to);
            open = true;
        }
        if (open) to.put('}');
        return true;
    }

    private void writeLabel(String name, String value, boolean open, PageBuffer to) {
        to.put(open ? ',' : '{').putLabelName(name).put("=\"").putEscaped(value).put('"');
        if (mayClash) labelsKey += Keys.label(name, value);
    }

    private void writeTimestamp(int sample, PageBuffer to) {
        int from = family.offset(sample, ParsedFamily.TIMESTAMP);
        if (from == 0) return;
        int end = family.offset(sample, ParsedFamily.END);
        boolean seconds = dialect.format() == Dialect.Format.OPENMETRICS;
        to.put(' ');
        if (family.openMetrics() == seconds) {
            to.put(family.text(), from, end);
        } else if (seconds) {
            to.putSeconds(NumberTokens.timestamp(family.text(), from, end));
        } else {
            BigDecimal millis = new BigDecimal(new String(family.text(), from, end - from, StandardCharsets.ISO_8859_1))
                    .movePointRight(3);
            BigDecimal whole = millis.setScale(0, RoundingMode.FLOOR);
            if (whole.compareTo(millis) != 0) unsayable++;
            to.put(whole.toPlainString());
        }
    }

    private void writeExemplar(int sample, PageBuffer to) {
        int hash = family.offset(sample, ParsedFamily.EXEMPLAR);
        if (hash == 0) return;
        Role role = family.role(sample);
        if (role != Role.BUCKET && role != Role.TOTAL) {
            unsayable++;
            return;
        }
        byte[] text = family.text();
        int brace = hash;
        while (text[brace] != '{') brace++;
        LabelCursor labels = LabelCursor.ofExemplar(text, brace);
        int before = to.size();
        to.put(" # {");
        int characters = 0;
        boolean clash = false;
        Set<String> there = new HashSet<>();
        while (labels.next()) {
            String name = dialect.name(labels.name());
            String value = labels.value();
            characters += name.codePointCount(0, name.length()) + value.codePointCount(0, value.length());
            if (!there.isEmpty()) to.put(',');
            to.putLabelName(name).put("=\"").putEscaped(value).put('"');
            clash |= !there.add(name);
        }
        if (clash || characters > MOST_EXEMPLAR_CHARACTERS) {
            to.truncate(before);
            unsayable++;
            return;
        }
        to.put('}');
        int at = labels.end();
        int end = at;
        while (end < text.length && text[end] != '\n' && text[end] != '\r') end++;
        for (String token : new String(text, at, end - at, StandardCharsets.ISO_8859_1)
                .strip()
                .split("[ \t]+", -1)) to.put(' ').put(token);
    }

    private static int[] toArray(List<Integer> samples) {
        return samples.stream().mapToInt(i -> i).toArray();
    }
}
