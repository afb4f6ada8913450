package dev.nacelle.routing;

import java.util.Arrays;

/**
 * A hash table from longs to ints whose entries keep their number until they are removed: arrays of primitives, chains
 * by index, 16 bytes an entry and 4 to 8 for its bucket. Grows by a quarter, so that little is unused. For one thread.
 */
final class LongSlab {
    static final int NONE = -1;
    private static final int SMALLEST = 8;

    private long[] keys = new long[SMALLEST];
    private int[] values = new int[SMALLEST];
    /** The next entry of the bucket; for a free entry, the next free one, as {@code -3 - next}. */
    private int[] next = new int[SMALLEST];

    private int[] buckets = emptyBuckets(SMALLEST);
    private int used;
    private int size;
    private int free = NONE;

    /** The entry of a key, or {@link #NONE}. */
    int find(long key) {
        for (int at = buckets[bucket(key)]; at >= 0; at = next[at]) if (keys[at] == key) return at;
        return NONE;
    }

    /** A new entry; the key must not be there. */
    int add(long key, int value) {
        int at;
        if (free != NONE) {
            at = free;
            free = -3 - next[at];
        } else {
            if (used == keys.length) grow();
            at = used++;
        }
        int bucket = bucket(key);
        keys[at] = key;
        values[at] = value;
        next[at] = buckets[bucket];
        buckets[bucket] = at;
        size++;
        return at;
    }

    void remove(int entry) {
        int bucket = bucket(keys[entry]);
        if (buckets[bucket] == entry) {
            buckets[bucket] = next[entry];
        } else {
            int before = buckets[bucket];
            while (next[before] != entry) before = next[before];
            next[before] = next[entry];
        }
        next[entry] = -3 - free;
        free = entry;
        size--;
    }

    /** Makes the arrays fit again when a quarter is unused; changes the entries' numbers. @return whether it did */
    boolean compact() {
        if (used < 4 * SMALLEST || size > used - used / 4) return false;
        var oldKeys = keys;
        var oldValues = values;
        var oldNext = next;
        int oldUsed = used;
        int capacity = Math.max(SMALLEST, size + size / 4);
        keys = new long[capacity];
        values = new int[capacity];
        next = new int[capacity];
        buckets = emptyBuckets(capacity);
        used = 0;
        size = 0;
        free = NONE;
        for (int i = 0; i < oldUsed; i++) if (oldNext[i] >= NONE) add(oldKeys[i], oldValues[i]);
        return true;
    }

    boolean isUsed(int entry) {
        return next[entry] >= NONE;
    }

    long key(int entry) {
        return keys[entry];
    }

    int value(int entry) {
        return values[entry];
    }

    void value(int entry, int value) {
        values[entry] = value;
    }

    int size() {
        return size;
    }

    /** Entries have numbers below this one. */
    int end() {
        return used;
    }

    /** Bytes of the arrays, used or not. */
    long bytes() {
        return 16L * keys.length + 4L * buckets.length;
    }

    private void grow() {
        int capacity = keys.length + Math.max(SMALLEST, keys.length / 4);
        keys = Arrays.copyOf(keys, capacity);
        values = Arrays.copyOf(values, capacity);
        next = Arrays.copyOf(next, capacity);
        if (capacity <= buckets.length) return;
        buckets = emptyBuckets(capacity);
        for (int i = 0; i < used; i++) {
            int bucket = bucket(keys[i]);
            next[i] = buckets[bucket];
            buckets[bucket] = i;
        }
    }

    /** A power of two, so that a bucket has one entry at most on average when the arrays are full. */
    private static int[] emptyBuckets(int capacity) {
        var buckets = new int[Integer.highestOneBit(Math.max(1, capacity - 1)) * 2];
        Arrays.fill(buckets, NONE);
        return buckets;
    }

    /** Engines may count their blocks: spreads neighbours out. */
    private int bucket(long key) {
        long mixed = key * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & (buckets.length - 1);
    }
}
