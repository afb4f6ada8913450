package dev.nacelle.frontend.text;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Detokenizes by any decoder at all: decodes a short window of ids twice, without and with the newest, and prints the
 * difference. For decoders that look at a token's neighbours (WordPiece, BPE suffixes, none), which language models
 * hardly use. A few microseconds and some garbage a token; a window that stays incomplete is printed after
 * {@value #WINDOW_MAX} tokens.
 */
final class WindowDetokenizer implements Detokenizer {
    private static final int WINDOW_MAX = 16;

    private final NativeTokenizer decoder;
    private final BitSet known;
    private final BitSet skipped;
    private final int[] ids = new int[2 * WINDOW_MAX];
    private int printed;
    private int size;
    private String printedText = "";

    WindowDetokenizer(NativeTokenizer decoder, BitSet known, BitSet skipped) {
        this.decoder = decoder;
        this.known = known;
        this.skipped = skipped;
    }

    @Override
    public void append(int id, StringBuilder out) {
        if (id < 0 || !known.get(id)) {
            flush(out);
            out.append(Utf8Stream.REPLACEMENT);
            return;
        }
        if (skipped.get(id)) return;
        ids[size++] = id;
        var text = decode(size);
        boolean whole =
                text.length() > printedText.length() && text.charAt(text.length() - 1) != Utf8Stream.REPLACEMENT;
        if (whole || size - printed == WINDOW_MAX) print(text, out);
    }

    @Override
    public void flush(StringBuilder out) {
        if (size > printed) print(decode(size), out);
    }

    /** What was new becomes the context of what comes next. */
    private void print(String text, StringBuilder out) {
        out.append(text, Math.min(printedText.length(), text.length()), text.length());
        System.arraycopy(ids, printed, ids, 0, size - printed);
        size -= printed;
        printed = size;
        printedText = decode(size);
    }

    private String decode(int count) {
        return decoder.decode(Arrays.copyOf(ids, count));
    }
}
