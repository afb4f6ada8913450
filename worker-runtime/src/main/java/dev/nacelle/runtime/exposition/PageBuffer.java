package dev.nacelle.runtime.exposition;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow: what a page is written into. Not for two threads at once. */
final class PageBuffer {
    private byte[] bytes;
    private int size;
    /** Numbers are printed here: appending a double to a builder makes no garbage, printing one to a string does. */
    private final StringBuilder digits = new StringBuilder(32);

    PageBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /** Forgets what was written after that size. */
    void truncate(int size) {
        this.size = size;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** Copies what was written from there on. */
    void copyTo(int from, byte[] to, int length) {
        System.arraycopy(bytes, from, to, 0, length);
    }

    String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    PageBuffer put(char c) {
        ensure(1);
        bytes[size++] = (byte) c;
        return this;
    }

    PageBuffer put(byte[] from) {
        return put(from, 0, from.length);
    }

    PageBuffer put(byte[] from, int start, int end) {
        int length = end - start;
        ensure(length);
        System.arraycopy(from, start, bytes, size, length);
        size += length;
        return this;
    }

    PageBuffer put(String text) {
        int length = text.length();
        ensure(length * 3);
        byte[] to = bytes;
        int at = size;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // The part after the first such character is rare and goes the long way.
                size = at;
                return put(text.substring(i).getBytes(StandardCharsets.UTF_8));
            }
            to[at++] = (byte) c;
        }
        size = at;
        return this;
    }

    PageBuffer put(long value) {
        digits.setLength(0);
        return putDigits(digits.append(value));
    }

    /** As Java prints it, but for the infinities, which are {@code +Inf} and {@code -Inf} here. */
    PageBuffer put(double value) {
        if (Double.isInfinite(value)) return put(value > 0 ? "+Inf" : "-Inf");
        long whole = (long) value;
        digits.setLength(0);
        if (whole == value && whole > -10_000_000 && whole < 10_000_000 && (whole != 0 || 1 / value > 0))
            return putDigits(digits.append(whole).append(".0"));
        return putDigits(digits.append(value));
    }

    /** A label's value, a quoted name or an OpenMetrics help text: backslash, quote and newline escaped. */
    PageBuffer putEscaped(String text) {
        return putEscaped(text, true);
    }

    /** A help text of text 0.0.4: backslash and newline escaped. */
    PageBuffer putEscapedHelp(String text) {
        return putEscaped(text, false);
    }

    private PageBuffer putEscaped(String text, boolean quotes) {
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' && c != '\n' && (c != '"' || !quotes)) continue;
            if (i > from) put(text.substring(from, i));
            put('\\').put(c == '\n' ? 'n' : c);
            from = i + 1;
        }
        return put(from == 0 ? text : text.substring(from));
    }

    /** A metric's name, quoted where it must be. */
    PageBuffer putMetricName(String name) {
        return Names.isLegacyMetric(name)
                ? put(name)
                : put('"').putEscaped(name).put('"');
    }

    /** A label's name, quoted where it must be. */
    PageBuffer putLabelName(String name) {
        return Names.isLegacyLabel(name) ? put(name) : put('"').putEscaped(name).put('"');
    }

    /** Milliseconds as seconds with three decimals. */
    PageBuffer putSeconds(long millis) {
        long rest = Math.floorMod(millis, 1000L);
        put(Math.floorDiv(millis, 1000L)).put('.');
        return put((char) ('0' + rest / 100)).put((char) ('0' + rest / 10 % 10)).put((char) ('0' + rest % 10));
    }

    private PageBuffer putDigits(StringBuilder from) {
        int length = from.length();
        ensure(length);
        for (int i = 0; i < length; i++) bytes[size++] = (byte) from.charAt(i);
        return this;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            long wanted = Math.max((long) size + more, bytes.length + (long) bytes.length / 2);
            if ((long) size + more > Integer.MAX_VALUE - 16)
                throw new IllegalStateException("the page is over 2 GiB: limit its sources");
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 16));
        }
    }
}
