package dev.nacelle.examples.simulated.core;

import java.util.Arrays;

/** From block hashes to blocks, in two arrays: open addressing, at most half full. */
final class LongIntMap {
    static final int ABSENT = -1;

    private final long[] keys;
    private final int[] values;
    private final int mask;
    private int size;

    /** @param entries that it must hold */
    LongIntMap(int entries) {
        int capacity = Integer.highestOneBit(Math.max(1, entries)) << 2;
        keys = new long[capacity];
        values = new int[capacity];
        mask = capacity - 1;
        Arrays.fill(values, ABSENT);
    }

    int size() {
        return size;
    }

    /** The value, or {@link #ABSENT}. */
    int get(long key) {
        return values[slot(key)];
    }

    /** @param value 0 or more */
    void put(long key, int value) {
        int slot = slot(key);
        if (values[slot] == ABSENT) {
            if (2 * (size + 1) > keys.length)
                throw new IllegalStateException("%d entries, all it holds".formatted(size));
            size++;
        }
        keys[slot] = key;
        values[slot] = value;
    }

    void remove(long key) {
        int hole = slot(key);
        if (values[hole] == ABSENT) return;
        size--;
        // What stands behind the hole moves up, unless it is at home there: no tombstones to step over later.
        for (int i = next(hole); values[i] != ABSENT; i = next(i)) {
            int distance = (i - home(keys[i])) & mask;
            if (distance < ((i - hole) & mask)) continue;
            keys[hole] = keys[i];
            values[hole] = values[i];
            hole = i;
        }
        values[hole] = ABSENT;
    }

    void clear() {
        Arrays.fill(values, ABSENT);
        size = 0;
    }

    /** Where the key is, or would be put. */
    private int slot(long key) {
        int i = home(key);
        while (values[i] != ABSENT && keys[i] != key) i = next(i);
        return i;
    }

    private int home(long key) {
        return (int) BlockHash.mix(key) & mask;
    }

    private int next(int i) {
        return (i + 1) & mask;
    }
}
