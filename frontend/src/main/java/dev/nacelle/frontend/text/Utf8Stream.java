package dev.nacelle.frontend.text;

/**
 * Decodes UTF-8 that arrives in pieces. A character whose last byte is still to come is held back; bytes that can be no
 * character print U+FFFD, by default one for each maximal part of a sequence (the practice of the WHATWG Encoding
 * Standard, Unicode 3.9, and of Rust's {@code from_utf8_lossy}), or one a byte.
 */
final class Utf8Stream {
    static final char REPLACEMENT = '\uFFFD';

    private final boolean replacementPerByte;
    private int codePoint;
    private int needed;
    private int seen;
    private int lower = 0x80;
    private int upper = 0xBF;

    Utf8Stream(boolean replacementPerByte) {
        this.replacementPerByte = replacementPerByte;
    }

    int touch() {
        return needed;
    }

    void append(byte[] bytes, int from, int to, StringBuilder out) {
        for (int i = from; i < to; i++) {
            int b = bytes[i] & 0xFF;
            if (needed == 0 && b < 0x80) out.append((char) b);
            else accept(b, out);
        }
    }

    void flush(StringBuilder out) {
        if (needed > 0) replacePending(out);
    }

    private void accept(int b, StringBuilder out) {
        if (needed > 0 && (b < lower || b > upper)) replacePending(out);
        if (needed == 0) begin(b, out);
        else proceed(b, out);
    }

    /** The second byte's range is narrower after some first bytes, so that nothing is encoded twice or beyond Unicode. */
    private void begin(int b, StringBuilder out) {
        if (b < 0x80) {
            out.append((char) b);
        } else if (b >= 0xC2 && b <= 0xDF) {
            needed = 1;
            codePoint = b & 0x1F;
        } else if (b >= 0xE0 && b <= 0xEF) {
            needed = 2;
            codePoint = b & 0x0F;
            if (b == 0xE0) lower = 0xA0;
            if (b == 0xED) upper = 0x9F;
        } else if (b >= 0xF0 && b <= 0xF4) {
            needed = 3;
            codePoint = b & 0x07;
            if (b == 0xF0) lower = 0x90;
            if (b == 0xF4) upper = 0x8F;
        } else {
            out.append(REPLACEMENT);
        }
    }

    private void proceed(int b, StringBuilder out) {
        lower = 0x80;
        upper = 0xBF;
        codePoint = (codePoint << 6) | (b & 0x3F);
        if (++seen < needed) return;
        out.appendCodePoint(codePoint);
        reset();
    }

    private void replacePending(StringBuilder out) {
        int count = replacementPerByte ? seen + 1 : 1;
        for (int i = 0; i < count; i++) out.append(REPLACEMENT);
        reset();
    }

    private void reset() {
        needed = 0;
        seen = 0;
        lower = 0x80;
        upper = 0xBF;
    }
}
