package dev.nacelle.runtime.exposition;

import java.util.Arrays;

/** Numbers the different keys that it is shown: the first gets 0, the next 1, and so on. */
final class LongIndex {
    private long[] keys = new long[4];
    private int[] slots = new int[8];
    private int size;

    int size() {
        return size;
    }

    long[] keys() {
        return Arrays.copyOf(keys, size);
    }

    /** The number of a key, or -1 when it was not shown before. */
    int find(long key) {
        for (int i = slot(key, slots.length); slots[i] != 0; i = (i + 1) & (slots.length - 1))
            if (keys[slots[i] - 1] == key) return slots[i] - 1;
        return -1;
    }

    /** The number of a key, which gets the next one when it was not shown before. */
    int add(long key) {
        int i = slot(key, slots.length);
        for (; slots[i] != 0; i = (i + 1) & (slots.length - 1)) if (keys[slots[i] - 1] == key) return slots[i] - 1;
        if (size == keys.length) keys = Arrays.copyOf(keys, size * 2);
        keys[size++] = key;
        slots[i] = size;
        if (size * 2 > slots.length) grow();
        return size - 1;
    }

    private void grow() {
        slots = new int[slots.length * 4];
        for (int number = 0; number < size; number++) {
            int i = slot(keys[number], slots.length);
            while (slots[i] != 0) i = (i + 1) & (slots.length - 1);
            slots[i] = number + 1;
        }
    }

    private static int slot(long key, int length) {
        return (int) (key ^ (key >>> 29)) & (length - 1);
    }
}
