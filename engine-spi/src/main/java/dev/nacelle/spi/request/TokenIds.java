package dev.nacelle.spi.request;

import java.util.Arrays;
import java.util.stream.IntStream;

/** An immutable sequence of token ids. */
public final class TokenIds {
    public static final TokenIds NONE = new TokenIds(new int[0]);

    private final int[] ids;

    private TokenIds(int[] ids) {
        this.ids = ids;
    }

    /** Copies {@code ids}. */
    public static TokenIds of(int... ids) {
        return ids.length == 0 ? NONE : new TokenIds(ids.clone());
    }

    public int size() {
        return ids.length;
    }

    public boolean isEmpty() {
        return ids.length == 0;
    }

    /** The id at position {@code i}. @throws IndexOutOfBoundsException outside 0..size-1 */
    public int at(int i) {
        return ids[i];
    }

    /** Whether {@code id} is among these; looks at each. */
    public boolean contains(int id) {
        for (int each : ids) if (each == id) return true;
        return false;
    }

    /** A copy that the caller may change. */
    public int[] toArray() {
        return ids.clone();
    }

    public IntStream stream() {
        return Arrays.stream(ids);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    /** The count and the first ids: a prompt does not belong into a log in full. */
    @Override
    public String toString() {
        return ids.length <= 8
                ? Arrays.toString(ids)
                : "%s… (%d)".formatted(Arrays.toString(Arrays.copyOf(ids, 8)), ids.length);
    }
}
