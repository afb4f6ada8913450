package dev.nacelle.frontend.text;

import dev.nacelle.spi.request.TokenIds;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** The tokenizer of engines without a model: ids 0–255 are the bytes of UTF-8, 256 begins and 257 ends a text. */
final class ByteTokenizer implements Tokenizer {
    static final int BEGIN = 256;
    static final int END = 257;

    private static final TokenIds END_IDS = TokenIds.of(END);
    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);

    @Override
    public int[] encode(String text, Specials specials) {
        byte[] bytes = Surrogates.paired(text).getBytes(StandardCharsets.UTF_8);
        int begin = specials == Specials.KEEP ? 1 : 0;
        int[] ids = new int[begin + bytes.length];
        if (begin == 1) ids[0] = BEGIN;
        for (int i = 0; i < bytes.length; i++) ids[begin + i] = bytes[i] & 0xFF;
        return ids;
    }

    @Override
    public Detokenizer detokenizer(Specials specials, LeadingSpace leadingSpace) {
        return new Stream(specials);
    }

    /** The two special tokens print as {@code <s>} and {@code </s>}. */
    @Override
    public byte[] tokenBytes(int id) {
        if (id >= 0 && id < BEGIN) return new byte[] {(byte) id};
        return switch (id) {
            case BEGIN -> "<s>".getBytes(StandardCharsets.UTF_8);
            case END -> "</s>".getBytes(StandardCharsets.UTF_8);
            default -> REPLACEMENT.clone();
        };
    }

    @Override
    public int vocabularySize() {
        return END + 1;
    }

    @Override
    public boolean isSpecial(int id) {
        return id == BEGIN || id == END;
    }

    @Override
    public OptionalInt bosId() {
        return OptionalInt.of(BEGIN);
    }

    @Override
    public TokenIds eosIds() {
        return END_IDS;
    }

    @Override
    public void close() {}

    private final class Stream implements Detokenizer {
        private final Specials specials;
        private final Utf8Stream utf8 = new Utf8Stream(false);
        private final byte[] one = new byte[1];

        Stream(Specials specials) {
            this.specials = specials;
        }

        @Override
        public void append(int id, StringBuilder out) {
            if (id >= 0 && id < BEGIN) {
                one[0] = (byte) id;
                utf8.append(one, 0, 1, out);
            } else if (specials == Specials.KEEP || !isSpecial(id)) {
                byte[] bytes = tokenBytes(id);
                utf8.append(bytes, 0, bytes.length, out);
            }
        }

        @Override
        public void flush(StringBuilder out) {
            utf8.flush(out);
        }
    }
}
