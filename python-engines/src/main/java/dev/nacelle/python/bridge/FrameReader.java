package dev.nacelle.python.bridge;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Walks over a batch of frames from Python. One at a time is current; its payload is read from front to back. */
final class FrameReader {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] batch;
    private final int length;
    private int next;
    private int at;
    private FromPython kind = FromPython.READY;
    private long id;

    FrameReader(byte[] batch, int length) {
        this.batch = batch;
        this.length = length;
    }

    /**
     * Goes to the next frame.
     *
     * @return false when there is none
     * @throws IllegalArgumentException when the batch is not frames
     */
    boolean next() {
        if (next >= length) return false;
        at = next;
        if (length - at < FrameWriter.HEAD) throw broken();
        int size = i32();
        if (size < FrameWriter.HEAD - Integer.BYTES || size > length - at) throw broken();
        next = at + size;
        kind = FromPython.of(batch[at++]);
        id = i64();
        return true;
    }

    FromPython kind() {
        return kind;
    }

    /** Of the stream or the call. */
    long id() {
        return id;
    }

    /** Bytes of the payload that have not been read. */
    int remaining() {
        return next - at;
    }

    int u8() {
        return batch[take(1)] & 0xFF;
    }

    int u16() {
        int low = u8();
        return low | u8() << Byte.SIZE;
    }

    int i32() {
        return (int) INT.get(batch, take(Integer.BYTES));
    }

    long i64() {
        return (long) LONG.get(batch, take(Long.BYTES));
    }

    double f64() {
        return Double.longBitsToDouble(i64());
    }

    int[] i32s(int count) {
        var values = new int[checked(count, Integer.BYTES)];
        for (int i = 0; i < count; i++) values[i] = i32();
        return values;
    }

    long[] i64s(int count) {
        var values = new long[checked(count, Long.BYTES)];
        for (int i = 0; i < count; i++) values[i] = i64();
        return values;
    }

    String text(int bytes) {
        int from = take(bytes);
        return new String(batch, from, bytes, StandardCharsets.UTF_8);
    }

    /** The rest of the payload as text. */
    String text() {
        return text(remaining());
    }

    /** The rest of the payload. */
    byte[] bytes() {
        int from = take(remaining());
        return Arrays.copyOfRange(batch, from, at);
    }

    private int checked(int count, int size) {
        if (count < 0 || count > (next - at) / size) throw broken();
        return count;
    }

    private int take(int bytes) {
        int from = at;
        at += bytes;
        return from;
    }

    private static IllegalArgumentException broken() {
        return new IllegalArgumentException("bytes from Python that are no frames");
    }
}
