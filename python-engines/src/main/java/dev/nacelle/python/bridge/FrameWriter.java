package dev.nacelle.python.bridge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

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

    /** What Python itself would send if it could: that it serves, but not well. */
    public static byte[] degraded(String message) {
        return health(1, message);
    }

    /** What Python itself would send if it could: that it cannot serve. */
    public static byte[] down(String message) {
        return health(2, message);
    }

    private static byte[] health(int state, String message) {
        var text = message.getBytes(StandardCharsets.UTF_8);
        var frame = new byte[HEAD + 1 + text.length];
        begin(frame, FromPython.HEALTH.code(), 0).put((byte) state).put(text);
        return frame;
    }

    private static ByteBuffer begin(byte[] frame, ToPython kind, long id) {
        return begin(frame, kind.code(), id);
    }

    private static ByteBuffer begin(byte[] frame, byte kind, long id) {
        return ByteBuffer.wrap(frame)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(frame.length - Integer.BYTES)
                .put(kind)
                .putLong(id);
    }
}
