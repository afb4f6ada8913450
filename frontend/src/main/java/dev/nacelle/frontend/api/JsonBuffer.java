package dev.nacelle.frontend.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A growing buffer of UTF-8 that is written, sent and used again. Several contents may lie in it one behind the other; what
 * is appended belongs to the last. For one thread at a time; allocates only to grow.
 */
public final class JsonBuffer {
    private static final int CAPACITY = 512;
    private static final int KEPT_BYTES_MAX = 1 << 20;
    private static final byte[] HEX = ascii("0123456789abcdef");

    private byte[] bytes;
    private int start;
    private int end;
    private ByteBuffer view;

    public JsonBuffer() {
        this(CAPACITY);
    }

    public JsonBuffer(int capacity) {
        bytes = new byte[capacity];
        view = ByteBuffer.wrap(bytes);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where the content begins; what lies from here to {@link #end} stays there until {@link #rewind}. */
    public int start() {
        return start;
    }

    /** Where the content ends. */
    public int end() {
        return end;
    }

    /** Bytes of the content. */
    public int size() {
        return end - start;
    }

    public boolean isEmpty() {
        return end == start;
    }

    /**
     * Begins a new content behind the one before.
     *
     * @param room bytes before it that its reader may overwrite
     */
    public void begin(int room) {
        ensure(room);
        start = end + room;
        end = start;
    }

    /** Empties the content. */
    public void clear() {
        end = start;
    }

    /** Empties the buffer. The memory is kept, unless long texts made it large. */
    public void rewind() {
        start = 0;
        end = 0;
        if (bytes.length > KEPT_BYTES_MAX) use(new byte[CAPACITY]);
    }

    /** The content, without a copy. */
    public ByteBuffer view() {
        return view(start, end);
    }

    /**
     * What lies there, without a copy: always the same object until the buffer grows, and valid until the buffer is changed.
     *
     * @param from a content's {@link #start}
     * @param to its {@link #end}
     */
    public ByteBuffer view(int from, int to) {
        return view.limit(to).position(from);
    }

    public byte[] toArray() {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** Appends bytes that are UTF-8 already. */
    public JsonBuffer raw(byte[] utf8) {
        ensure(utf8.length);
        System.arraycopy(utf8, 0, bytes, end, utf8.length);
        end += utf8.length;
        return this;
    }

    /** Appends text that is ASCII and needs no escaping. */
    public JsonBuffer raw(String ascii) {
        int length = ascii.length();
        ensure(length);
        for (int i = 0; i < length; i++) bytes[end++] = (byte) ascii.charAt(i);
        return this;
    }

    /** Appends a whole number. */
    public JsonBuffer number(long value) {
        // Engines count upwards from 0: everything else may cost a string.
        return value >= 0 && value < 10 ? raw((byte) ('0' + value)) : raw(Long.toString(value));
    }

    /** Appends a finite number. */
    public JsonBuffer number(double value) {
        return raw(Double.toString(value));
    }

    /** Appends what JSON can say of a map, list, string, number, boolean or null. */
    public JsonBuffer value(@Nullable Object value) {
        switch (value) {
            case null -> raw("null");
            case Map<?, ?> map -> {
                var separator = "{";
                for (var entry : map.entrySet()) {
                    raw(separator)
                            .string(String.valueOf(entry.getKey()))
                            .raw(":")
                            .value(entry.getValue());
                    separator = ",";
                }
                raw(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                var separator = "[";
                for (var element : list) {
                    raw(separator).value(element);
                    separator = ",";
                }
                raw(list.isEmpty() ? "[]" : "]");
            }
            case Boolean flag -> raw(flag ? "true" : "false");
            case Number number -> raw(String.valueOf(number));
            default -> string(String.valueOf(value));
        }
        return this;
    }

    /** Appends a JSON string, quotes included. */
    public JsonBuffer string(CharSequence text) {
        return raw((byte) '"').escaped(text).raw((byte) '"');
    }

    /** Appends the inside of a JSON string. An unpaired surrogate becomes U+FFFD. */
    public JsonBuffer escaped(CharSequence text) {
        int length = text.length();
        // Three bytes are the most that a char becomes without an escape; escapes make room for themselves.
        ensure(3 * length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') bytes[end++] = (byte) c;
            else if (c < 0x80) escape(c, 3 * (length - i));
            else if (c < 0x800) twoBytes(c);
            else if (!Character.isSurrogate(c)) threeBytes(c);
            else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1)))
                fourBytes(Character.toCodePoint(c, text.charAt(++i)));
            else threeBytes('\uFFFD');
        }
        return this;
    }

    private JsonBuffer raw(byte b) {
        ensure(1);
        bytes[end++] = b;
        return this;
    }

    private void escape(char c, int restBytesMax) {
        ensure(6 + restBytesMax);
        bytes[end++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[end++] = (byte) c;
            case '\n' -> bytes[end++] = 'n';
            case '\r' -> bytes[end++] = 'r';
            case '\t' -> bytes[end++] = 't';
            default -> {
                bytes[end++] = 'u';
                bytes[end++] = '0';
                bytes[end++] = '0';
                bytes[end++] = HEX[c >> 4];
                bytes[end++] = HEX[c & 0xF];
            }
        }
    }

    private void twoBytes(char c) {
        bytes[end++] = (byte) (0xC0 | (c >> 6));
        continuation(c);
    }

    private void threeBytes(char c) {
        bytes[end++] = (byte) (0xE0 | (c >> 12));
        continuation(c >> 6);
        continuation(c);
    }

    private void fourBytes(int codePoint) {
        bytes[end++] = (byte) (0xF0 | (codePoint >> 18));
        continuation(codePoint >> 12);
        continuation(codePoint >> 6);
        continuation(codePoint);
    }

    private void continuation(int bits) {
        bytes[end++] = (byte) (0x80 | (bits & 0x3F));
    }

    private void ensure(int more) {
        if (more > bytes.length - end) use(Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(end, more))));
    }

    private void use(byte[] array) {
        bytes = array;
        view = ByteBuffer.wrap(array);
    }

    @Override
    public String toString() {
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }
}
