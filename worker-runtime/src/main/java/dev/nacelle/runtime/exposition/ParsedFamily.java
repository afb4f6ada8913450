package dev.nacelle.runtime.exposition;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A foreign family: what it is, and where in the source's text its samples stand. Immutable.
 *
 * <p>Samples are kept as offsets into the text, since most of them are copied to the page as they are. Samples of one
 * label set (without {@code le}, {@code quantile} or the state) make up a metric; metrics are numbered from 0.
 */
final class ParsedFamily {
    /** Offsets of a sample: where it starts. */
    static final int START = 0;
    /** Where its name and labels end. */
    static final int LABELS_END = 1;

    static final int VALUE = 2;
    static final int VALUE_END = 3;
    /** Where its timestamp starts; 0 when it has none. */
    static final int TIMESTAMP = 4;
    /** Where it ends, but for an exemplar. */
    static final int END = 5;
    /** Where the exemplar's {@code #} stands; 0 when it has none. */
    static final int EXEMPLAR = 6;
    /** Where the value of {@code le}, {@code quantile} or the state starts; 0 when it has none. */
    static final int SPECIAL = 7;
    /** Offsets per sample, as a shift. */
    static final int STRIDE = 3;

    /** A sample that any reader takes as it stands. */
    static final byte VERBATIM = 1;
    /** A sample with a name in quotes. */
    static final byte QUOTED = 2;

    private final byte[] text;
    private final String name;
    private final FamilyType type;
    private final String help;
    private final String unit;
    private final List<String> comments;
    private final boolean openMetrics;
    private final int size;
    private final int[] offsets;
    private final byte[] roles;
    private final byte[] flags;
    private final int[] metrics;
    private final long[] keys;

    ParsedFamily(
            byte[] text,
            String name,
            FamilyType type,
            String help,
            String unit,
            List<String> comments,
            boolean openMetrics,
            int size,
            int[] offsets,
            byte[] roles,
            byte[] flags,
            int[] metrics,
            long[] keys) {
        this.text = text;
        this.name = name;
        this.type = type;
        this.help = help;
        this.unit = unit;
        this.comments = List.copyOf(comments);
        this.openMetrics = openMetrics;
        this.size = size;
        this.offsets = offsets;
        this.roles = roles;
        this.flags = flags;
        this.metrics = metrics;
        this.keys = keys;
    }

    byte[] text() {
        return text;
    }

    /** The name without any suffix, as OpenMetrics calls the family. */
    String name() {
        return name;
    }

    /** The name as text 0.0.4 calls the family. */
    String textName() {
        return switch (type) {
            case COUNTER -> name + Role.TOTAL.suffix();
            case INFO -> name + Role.INFO.suffix();
            default -> name;
        };
    }

    FamilyType type() {
        return type;
    }

    /** Empty when there is none. */
    String help() {
        return help;
    }

    /** Empty when there is none. */
    String unit() {
        return unit;
    }

    /** Free comments that stood before the family, each with its {@code #}. */
    List<String> comments() {
        return comments;
    }

    /** True when its timestamps are seconds, not milliseconds. */
    boolean openMetrics() {
        return openMetrics;
    }

    int size() {
        return size;
    }

    int offset(int sample, int which) {
        return offsets[(sample << STRIDE) + which];
    }

    Role role(int sample) {
        return Role.of(roles[sample]);
    }

    byte roleCode(int sample) {
        return roles[sample];
    }

    boolean has(int sample, byte flag) {
        return (flags[sample] & flag) != 0;
    }

    /** The metric that a sample belongs to. */
    int metric(int sample) {
        return metrics.length == 0 ? sample : metrics[sample];
    }

    /** For each metric the key of its label set. */
    long[] keys() {
        return keys;
    }

    int metricCount() {
        return keys.length;
    }

    boolean hasTimestamp(int sample) {
        return offset(sample, TIMESTAMP) != 0;
    }

    double value(int sample) {
        return NumberTokens.parse(text, offset(sample, VALUE), offset(sample, VALUE_END));
    }

    /** The value of {@code le}, {@code quantile} or the state, as it stands between its quotes. */
    String special(int sample) {
        int from = offset(sample, SPECIAL);
        if (from == 0) return "";
        int to = from;
        while (text[to] != '"') {
            byte next = text[to] == '\\' ? text[to + 1] : 0;
            to += next == '\\' || next == '"' || next == 'n' ? 2 : 1;
        }
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    Set<Role> roles() {
        Set<Role> present = EnumSet.noneOf(Role.class);
        for (int i = 0; i < size; i++) present.add(role(i));
        return present;
    }

    /** The full names that its samples bear. */
    List<String> sampleNames() {
        List<String> names = new ArrayList<>();
        for (Role role : roles()) names.add(name + role.suffix());
        return names;
    }
}
