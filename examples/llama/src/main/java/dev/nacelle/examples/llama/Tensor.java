package dev.nacelle.examples.llama;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A tensor in a mapped file, row-major. Usable until its {@link Safetensors} file is closed.
 *
 * @param shape elements per dimension
 * @param data exactly the elements, little-endian
 */
record Tensor(String name, Type type, List<Long> shape, MemorySegment data) {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The element types that this engine reads. */
    enum Type {
        F32(4),
        F16(2),
        BF16(2);

        final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        static Optional<Type> of(String name) {
            return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
        }
    }

    Tensor {
        shape = List.copyOf(shape);
    }

    /** Size of the first dimension; the others together are a row. */
    int rows() {
        return Math.toIntExact(shape.getFirst());
    }

    /** Reads {@code into.length} elements, beginning with element {@code first}. */
    void read(long first, float[] into) {
        if (type == Type.F32) {
            MemorySegment.copy(data, FLOAT, first * type.bytes, into, 0, into.length);
            return;
        }
        var halves = new short[into.length];
        MemorySegment.copy(data, SHORT, first * type.bytes, halves, 0, halves.length);
        // A BF16 is the upper half of an F32.
        if (type == Type.BF16) for (int i = 0; i < into.length; i++) into[i] = Float.intBitsToFloat(halves[i] << 16);
        else for (int i = 0; i < into.length; i++) into[i] = Float.float16ToFloat(halves[i]);
    }

    /** All elements of a vector or a small tensor. */
    float[] toArray() {
        var all = new float[Math.toIntExact(data.byteSize() / type.bytes)];
        read(0, all);
        return all;
    }
}
