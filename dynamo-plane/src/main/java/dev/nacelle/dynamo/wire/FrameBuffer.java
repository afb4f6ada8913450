package dev.nacelle.dynamo.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes being rendered, in an array that is used again and again. An envelope is begun, filled with its header or body,
 * and ended, which puts its lengths in.
 */
public final class FrameBuffer {
    private static final int KEPT = 256 << 10;

    private byte[] bytes;
    private ByteBuffer view;
    private int size;
    private int envelope = -1;

    public FrameBuffer(int capacity) {
        bytes = new byte[capacity];
        view = ByteBuffer.wrap(bytes);
    }

    public int size() {
        return size;
    }

    /** Forgets what was rendered. */
    public void clear() {
        size = 0;
        if (bytes.length > KEPT) {
            bytes = new byte[KEPT];
            view = ByteBuffer.wrap(bytes);
        }
    }

    /** What was rendered; valid until the next change. */
    public ByteBuffer view() {
        return view.limit(size).position(0);
    }

    FrameBuffer begin() {
        if (envelope >= 0) throw new IllegalStateException("an envelope has begun and not ended");
        room(FrameReader.ENVELOPE_HEAD);
        envelope = size;
        size += FrameReader.ENVELOPE_HEAD;
        return this;
    }

    /** Ends an envelope that has a header alone. */
    void endHeader() {
        end(size - envelope - FrameReader.ENVELOPE_HEAD, 0);
    }

    /** Ends an envelope that has a body alone. */
    void endBody() {
        end(0, size - envelope - FrameReader.ENVELOPE_HEAD);
    }

    private void end(long header, long body) {
        view.clear();
        view.putLong(envelope, header).putLong(envelope + 8, body).putLong(envelope + 16, 0);
        envelope = -1;
    }

    /** Takes back an envelope that has begun. */
    void abandon() {
        if (envelope >= 0) size = envelope;
        envelope = -1;
    }

    FrameBuffer put(byte[] text) {
        room(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
        return this;
    }

    FrameBuffer put(char ascii) {
        room(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    FrameBuffer put(String text) {
        return put(text.getBytes(StandardCharsets.UTF_8));
    }

    /** In decimal, without an object. */
    FrameBuffer put(int number) {
        room(11);
        if (number < 0) {
            bytes[size++] = '-';
            if (number == Integer.MIN_VALUE) return put("2147483648");
            number = -number;
        }
        int digits = 1;
        for (int rest = number; rest >= 10; rest /= 10) digits++;
        for (int at = size + digits - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' + number % 10);
            number /= 10;
        }
        size += digits;
        return this;
    }

    private void room(int more) {
        if (bytes.length - size >= more) return;
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        view = ByteBuffer.wrap(bytes);
    }
}
