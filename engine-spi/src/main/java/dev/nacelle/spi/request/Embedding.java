package dev.nacelle.spi.request;

import java.util.Arrays;

/** An immutable vector of an embedding model. */
public final class Embedding {
    private final float[] values;

    private Embedding(float[] values) {
        this.values = values;
    }

    public static Embedding of(float... values) {
        return new Embedding(values.clone());
    }

    public int size() {
        return values.length;
    }

    /** The component at {@code i}. @throws IndexOutOfBoundsException outside 0..size-1 */
    public float at(int i) {
        return values[i];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Embedding that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Embedding[%d]".formatted(values.length);
    }
}
