package dev.nacelle.python.bridge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes frames for Python: {@code u32 length | u8 kind | i64 id | payload}, little-endian, length without itself. */
public final class FrameWriter {
    /** Bytes before the payload. */
    static final int HEAD = 13;

    private static final byte[] NOTHING = {};

    private FrameWriter() {}

    /** A frame without payload. */
    public static byte[] frame(ToPython kind, long id) {
        return frame(kind, id, NOTHING);
    }

    public static byte[] frame(ToPython kind, long id, byte[] payload) {
        var frame = new byte[HEAD + payload.length];
        begin(frame, kind, id).put(payload);
        return frame;
    }

    /** A request: its prompt's tokens, and the rest as JSON. */
    static byte[] generate(long id, int[] tokens, byte[] json) {
        var frame = new byte[HEAD + Integer.BYTES * (1 + tokens.length) + json.length];
        var rest = begin(frame, ToPython.GENERATE, id).putInt(tokens.length);
        for (int token : tokens) rest.putInt(token);
        rest.put(json);
        return frame;
    }

    private static ByteBuffer begin(byte[] frame, ToPython kind, long id) {
        return ByteBuffer.wrap(frame)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(frame.length - Integer.BYTES)
                .put(kind.code())
                .putLong(id);
    }
}
