package dev.nacelle.python.bridge;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/** Cuts what comes over a channel into whole frames. */
public final class FrameStream {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int CAPACITY = 1 << 17;
    /** More than any answer takes; a length beyond it comes from one that writes no frames. */
    private static final int FRAME_MAX = 1 << 29;

    private byte[] buffer = new byte[CAPACITY];

    /** Reads until the channel's end, and hands on what is whole each time. */
    public void readAll(ReadableByteChannel from, Transport.Receiver to) throws IOException {
        int filled = 0;
        while (true) {
            int read = from.read(ByteBuffer.wrap(buffer, filled, buffer.length - filled));
            if (read < 0) return;
            filled += read;
            int whole = whole(filled);
            if (whole > 0) {
                to.frames(buffer, whole);
                System.arraycopy(buffer, whole, buffer, 0, filled - whole);
                filled -= whole;
            }
        }
    }

    /** How much of the buffer is whole frames; makes room for the one that is not. */
    private int whole(int filled) throws IOException {
        int at = 0;
        while (filled - at >= Integer.BYTES) {
            int size = (int) INT.get(buffer, at);
            if (size < 0 || size > FRAME_MAX) throw new IOException("a frame of %d bytes".formatted(size));
            int end = at + Integer.BYTES + size;
            if (end > filled) {
                if (end - at > buffer.length) buffer = Arrays.copyOf(buffer, end - at);
                break;
            }
            at = end;
        }
        return at;
    }
}
