package dev.nacelle.routing;

import java.util.Arrays;

/**
 * Sets of ranks in one int each: a single rank is the int itself, more are a number into a table of lists, or of bits
 * where a list would be larger. For one thread.
 */
final class OwnerSets {
    /** The empty set. */
    static final int EMPTY = -1;

    /** Lists are {@code int[]} with their length first, bits are {@code long[]}. */
    private Object[] sets = new Object[8];

    private int used;
    private int[] free = new int[8];
    private int freed;
    private long bytes;

    /** The set with that rank, which must not be in it. */
    int add(int set, int rank, int ranks) {
        if (set == EMPTY) return rank;
        if (set >= 0) return keep(new int[] {2, set, rank});
        int at = -2 - set;
        switch (sets[at]) {
            case int[] list -> {
                int count = list[0];
                // A list of 4 bytes a rank, against a bit for each rank there is.
                if (count >= 2 * words(ranks) || count * 4 >= ranks) replace(at, bits(list, ranks, rank));
                else {
                    if (count + 1 == list.length) {
                        list = Arrays.copyOf(list, list.length + Math.max(1, count / 4));
                        replace(at, list);
                    }
                    list[++count] = rank;
                    list[0] = count;
                }
            }
            case long[] bits -> {
                if (rank >> 6 >= bits.length) {
                    bits = Arrays.copyOf(bits, words(ranks));
                    replace(at, bits);
                }
                bits[rank >> 6] |= 1L << rank;
            }
            default -> throw new AssertionError(sets[at]);
        }
        return set;
    }

    /** The set without that rank, which must be in it. */
    int remove(int set, int rank) {
        if (set >= 0) return EMPTY;
        int at = -2 - set;
        int left;
        switch (sets[at]) {
            case int[] list -> {
                int count = list[0];
                int i = 1;
                while (list[i] != rank) i++;
                list[i] = list[count];
                list[0] = count - 1;
                left = count == 2 ? list[1] : EMPTY;
            }
            case long[] bits -> {
                bits[rank >> 6] &= ~(1L << rank);
                left = only(bits);
            }
            default -> throw new AssertionError(sets[at]);
        }
        if (left == EMPTY) return set;
        drop(at);
        return left;
    }

    boolean contains(int set, int rank) {
        if (set >= EMPTY) return set == rank;
        return switch (sets[-2 - set]) {
            case int[] list -> {
                boolean found = false;
                for (int i = 1; i <= list[0] && !found; i++) found = list[i] == rank;
                yield found;
            }
            case long[] bits -> rank >> 6 < bits.length && (bits[rank >> 6] >>> rank & 1) != 0;
            default -> throw new AssertionError(sets[-2 - set]);
        };
    }

    /** Writes the set as bits. */
    void copyTo(int set, long[] target) {
        Arrays.fill(target, 0);
        if (set >= 0) target[set >> 6] = 1L << set;
        if (set >= EMPTY) return;
        switch (sets[-2 - set]) {
            case int[] list -> {
                for (int i = 1; i <= list[0]; i++) target[list[i] >> 6] |= 1L << list[i];
            }
            case long[] bits -> System.arraycopy(bits, 0, target, 0, bits.length);
            default -> throw new AssertionError();
        }
    }

    /** Bytes of the tables and of what is in them. */
    long bytes() {
        return bytes + 4L * sets.length + 4L * free.length;
    }

    private int keep(int[] list) {
        int at;
        if (freed > 0) at = free[--freed];
        else {
            if (used == sets.length) sets = Arrays.copyOf(sets, used + Math.max(8, used / 4));
            at = used++;
        }
        sets[at] = list;
        bytes += size(list);
        return -2 - at;
    }

    private void replace(int at, Object set) {
        bytes += size(set) - size(sets[at]);
        sets[at] = set;
    }

    private void drop(int at) {
        bytes -= size(sets[at]);
        sets[at] = EMPTY;
        if (freed == free.length) free = Arrays.copyOf(free, freed + Math.max(8, freed / 4));
        free[freed++] = at;
    }

    private static long[] bits(int[] list, int ranks, int rank) {
        var bits = new long[words(ranks)];
        for (int i = 1; i <= list[0]; i++) bits[list[i] >> 6] |= 1L << list[i];
        bits[rank >> 6] |= 1L << rank;
        return bits;
    }

    /** The only rank of a set, or {@link #EMPTY} when it has more. */
    private static int only(long[] bits) {
        int found = EMPTY;
        for (int i = 0; i < bits.length; i++) {
            if (bits[i] == 0) continue;
            if (found != EMPTY || Long.bitCount(bits[i]) > 1) return EMPTY;
            found = (i << 6) + Long.numberOfTrailingZeros(bits[i]);
        }
        return found;
    }

    static int words(int ranks) {
        return (ranks + 63) >> 6;
    }

    /** As the JVM lays arrays out: a header of 16 bytes, in steps of 8. */
    private static long size(Object set) {
        return switch (set) {
            case int[] list -> (16 + 4L * list.length + 7) & ~7L;
            case long[] bits -> 16 + 8L * bits.length;
            default -> 0;
        };
    }
}
