package dev.nacelle.frontend.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The bytes of every token of a vocabulary, end to end in one array. Immutable. */
final class TokenTable {
    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);

    private final byte[] bytes;
    private final int[] offsets;
    private final BitSet byteTokens;

    private TokenTable(byte[] bytes, int[] offsets, BitSet byteTokens) {
        this.bytes = bytes;
        this.offsets = offsets;
        this.byteTokens = byteTokens;
    }

    /**
     * @param tokens spelling by id, null where no token has that id: it prints U+FFFD
     * @param first as the first token of a text, or as a later one
     */
    static TokenTable of(@Nullable String[] tokens, DecoderRule rule, boolean first) {
        byte[] bytes = new byte[tokens.length * 8];
        int[] offsets = new int[tokens.length + 1];
        var byteTokens = new BitSet();
        int size = 0;
        for (int id = 0; id < tokens.length; id++) {
            var token = tokens[id];
            byte[] its = token == null ? REPLACEMENT : rule.bytes(token, first);
            if (token != null && rule.isByte(token)) byteTokens.set(id);
            if (size + its.length > bytes.length)
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + its.length));
            System.arraycopy(its, 0, bytes, size, its.length);
            size += its.length;
            offsets[id + 1] = size;
        }
        return new TokenTable(Arrays.copyOf(bytes, size), offsets, byteTokens);
    }

    void print(int id, Utf8Stream utf8, StringBuilder out) {
        if (isOutside(id)) utf8.append(REPLACEMENT, 0, REPLACEMENT.length, out);
        else utf8.append(bytes, offsets[id], offsets[id + 1], out);
    }

    byte[] bytes(int id) {
        return isOutside(id) ? REPLACEMENT.clone() : Arrays.copyOfRange(bytes, offsets[id], offsets[id + 1]);
    }

    /** True for a token that stands for one byte of a character that has no token of its own. */
    boolean isByte(int id) {
        return id >= 0 && byteTokens.get(id);
    }

    private boolean isOutside(int id) {
        return id < 0 || id >= offsets.length - 1;
    }
}
