package dev.nacelle.dynamo.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts a connection's bytes into request frames: {@code u16 n | path | u16 n | headers | u32 n | envelope}, the envelope
 * being {@code u64 header length | u64 body length | u64 checksum | header | body}; all numbers big-endian.
 *
 * <p>Its buffer grows with what has arrived, never with what a length field announces. One thread at a time.
 */
public final class FrameReader {
    private static final int ROOM = 16 << 10;
    private static final int KEPT = 256 << 10;
    static final int PATH_BYTES_MAX = 1024;
    static final int CALL_BYTES_MAX = 64 << 10;
    static final int ENVELOPE_HEAD = 24;

    private final int bytesMax;
    private byte[] bytes = new byte[ROOM];
    private ByteBuffer view = ByteBuffer.wrap(bytes);
    private int from;
    private int to;

    /** @param bytesMax of an envelope */
    public FrameReader(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Where to put what arrives: positioned, with room for at least a byte. Tell {@link #filled} afterwards. */
    public ByteBuffer room() {
        if (from > 0 && (from == to || bytes.length - to < ROOM / 2)) compact();
        if (to == bytes.length) grow(Math.max(bytes.length * 2, ROOM));
        return view.limit(bytes.length).position(to);
    }

    /** Takes note of what was put into {@link #room}. */
    public void filled() {
        to = view.position();
    }

    /** Bytes held. */
    public int capacity() {
        return bytes.length;
    }

    /** Whether a frame has begun that has not come to its end. */
    public boolean isWithinFrame() {
        return from < to;
    }

    /**
     * The next whole frame, or empty until more has arrived.
     *
     * @throws MalformedFrameException when what is there cannot be the beginning of a frame; nothing can be read after that
     */
    public Optional<RequestFrame> next() throws MalformedFrameException {
        int available = to - from;
        if (available < 2) return Optional.empty();
        int path = u16(from);
        if (path == 0 || path > PATH_BYTES_MAX)
            throw new MalformedFrameException("a path of %d bytes, expected 1 to %d".formatted(path, PATH_BYTES_MAX));
        int headersAt = 2 + path;
        if (available < headersAt + 2) return Optional.empty();
        int headers = u16(from + headersAt);
        int lengthAt = headersAt + 2 + headers;
        if (available < lengthAt + 4) return Optional.empty();
        long length = Integer.toUnsignedLong(view.getInt(from + lengthAt));
        if (length < ENVELOPE_HEAD || length > bytesMax)
            throw new MalformedFrameException(
                    "an envelope of %d bytes, expected %d to %d".formatted(length, ENVELOPE_HEAD, bytesMax));
        int envelopeAt = lengthAt + 4;
        if (available < envelopeAt + ENVELOPE_HEAD) return Optional.empty();
        long call = view.getLong(from + envelopeAt);
        long body = view.getLong(from + envelopeAt + 8);
        if (call < 0 || call > CALL_BYTES_MAX || body != length - ENVELOPE_HEAD - call || body < 0)
            throw new MalformedFrameException(
                    "an envelope of %d bytes with a header of %s and a body of %s, expected a header of at most %d and both to fill it"
                            .formatted(
                                    length, Long.toUnsignedString(call), Long.toUnsignedString(body), CALL_BYTES_MAX));
        int size = envelopeAt + (int) length;
        if (available < size) return Optional.empty();
        int callAt = from + envelopeAt + ENVELOPE_HEAD;
        int bodyAt = callAt + (int) call;
        var frame = new RequestFrame(
                new String(bytes, from + 2, path, StandardCharsets.UTF_8),
                Arrays.copyOfRange(bytes, from + headersAt + 2, from + lengthAt),
                Arrays.copyOfRange(bytes, callAt, bodyAt),
                Arrays.copyOfRange(bytes, bodyAt, from + size),
                size);
        from += size;
        if (from == to) compact();
        return Optional.of(frame);
    }

    private int u16(int at) {
        return view.getShort(at) & 0xFFFF;
    }

    private void compact() {
        int held = to - from;
        // One long prompt is no reason to keep its room for the connection's life.
        if (held == 0 && bytes.length > KEPT) {
            replace(new byte[ROOM], 0);
        } else {
            System.arraycopy(bytes, from, bytes, 0, held);
            from = 0;
            to = held;
        }
    }

    private void grow(int size) {
        var larger = new byte[size];
        int held = to - from;
        System.arraycopy(bytes, from, larger, 0, held);
        replace(larger, held);
    }

    private void replace(byte[] with, int held) {
        bytes = with;
        view = ByteBuffer.wrap(with);
        from = 0;
        to = held;
    }
}
