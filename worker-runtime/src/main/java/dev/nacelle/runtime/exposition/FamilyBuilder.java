package dev.nacelle.runtime.exposition;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A family while its text is being read. */
final class FamilyBuilder {
    private final byte[] text;
    private final boolean openMetrics;
    private final String name;
    private final boolean taken;
    private FamilyType type;
    private final String declared;
    private boolean untyped;
    private boolean invalid;

    private int size;
    private int[] offsets = new int[2 << ParsedFamily.STRIDE];
    private byte[] roles = new byte[2];
    private byte[] flags = new byte[2];
    private int[] metrics = new int[2];
    private final LongIndex metricKeys = new LongIndex();
    private @Nullable LongIndex sampleKeys;

    /**
     * @param declared the name in its TYPE line, or its samples' name when it has none
     * @param name the same without a suffix that its type implies
     * @param taken false when its samples are to be swallowed
     */
    FamilyBuilder(byte[] text, boolean openMetrics, String declared, String name, FamilyType type, boolean taken) {
        this.text = text;
        this.openMetrics = openMetrics;
        this.declared = declared;
        this.name = name;
        this.type = type;
        this.taken = taken;
    }

    String declared() {
        return declared;
    }

    String name() {
        return name;
    }

    FamilyType type() {
        return type;
    }

    boolean isTaken() {
        return taken;
    }

    boolean isInvalid() {
        return invalid;
    }

    int size() {
        return size;
    }

    void type(FamilyType type) {
        this.type = type;
    }

    /** Marks a family that no TYPE line declared. */
    void untyped() {
        untyped = true;
    }

    boolean isUntyped() {
        return untyped;
    }

    void invalidate() {
        invalid = true;
    }

    /**
     * Adds the sample that a scanner has just read.
     *
     * @return false when the same series stood there before
     */
    boolean add(SampleScanner sample, Role role) {
        long key = sample.metricKey();
        boolean simple = !sample.hasTimestamp()
                && (type == FamilyType.GAUGE
                        || type == FamilyType.UNKNOWN
                        || type == FamilyType.EXACT_COUNTER
                        || type == FamilyType.INFO);
        int metric;
        if (simple && sampleKeys == null) {
            // One sample a metric: the metric's own key tells whether it is new.
            int before = metricKeys.size();
            metric = metricKeys.add(key);
            if (metric < before) return false;
        } else {
            metric = metricKeys.add(key);
            if (sampleKeys == null) sampleKeys = keysOfSimpleSamples();
            long full = Keys.mix(Keys.mix(key, sample.specialKey() + role.code()), sample.timestampKey());
            int before = sampleKeys.size();
            if (sampleKeys.add(full) < before) return false;
        }
        if (size == roles.length) grow();
        sample.offsetsInto(offsets, size << ParsedFamily.STRIDE);
        roles[size] = role.code();
        flags[size] = sample.flags();
        metrics[size] = metric;
        size++;
        return true;
    }

    private LongIndex keysOfSimpleSamples() {
        LongIndex keys = new LongIndex();
        long[] known = metricKeys.keys();
        for (int i = 0; i < size; i++) keys.add(Keys.mix(Keys.mix(known[metrics[i]], roles[i]), 0));
        return keys;
    }

    /** Takes the samples of a family that turned out to be a part of this one. */
    void absorb(FamilyBuilder part, Role role) {
        long[] keys = part.metricKeys.keys();
        for (int i = 0; i < part.size; i++) {
            if (size == roles.length) grow();
            System.arraycopy(
                    part.offsets,
                    i << ParsedFamily.STRIDE,
                    offsets,
                    size << ParsedFamily.STRIDE,
                    1 << ParsedFamily.STRIDE);
            roles[size] = role.code();
            flags[size] = part.flags[i];
            metrics[size] = metricKeys.add(keys[part.metrics[i]]);
            size++;
        }
        part.size = 0;
    }

    ParsedFamily build(String help, String unit, List<String> comments) {
        long[] keys = metricKeys.keys();
        // One sample a metric, in order: no need to keep which belongs to which.
        boolean plain = keys.length == size;
        return new ParsedFamily(
                text,
                name,
                type,
                help,
                unit,
                comments,
                openMetrics,
                size,
                Arrays.copyOf(offsets, size << ParsedFamily.STRIDE),
                Arrays.copyOf(roles, size),
                Arrays.copyOf(flags, size),
                plain ? new int[0] : Arrays.copyOf(metrics, size),
                keys);
    }

    private void grow() {
        int larger = size * 2;
        offsets = Arrays.copyOf(offsets, larger << ParsedFamily.STRIDE);
        roles = Arrays.copyOf(roles, larger);
        flags = Arrays.copyOf(flags, larger);
        metrics = Arrays.copyOf(metrics, larger);
    }
}
