package dev.nacelle.frontend.text;

import java.util.BitSet;

/**
 * Detokenizes where every token has bytes of its own. Equal to Hugging Face's decode of the whole, with one difference:
 * in a run of byte-fallback tokens of which one is no part of a character, theirs replaces also the characters before
 * it, which here have been printed long since.
 */
final class TableDetokenizer implements Detokenizer {
    private final Vocabulary vocabulary;
    private final BitSet skipped;
    private final Utf8Stream utf8;
    private TokenTable table;
    private int leftToStrip;

    TableDetokenizer(Vocabulary vocabulary, BitSet skipped, Tokenizer.LeadingSpace leadingSpace) {
        this.vocabulary = vocabulary;
        this.skipped = skipped;
        this.utf8 = new Utf8Stream(vocabulary.rule().byteFallback());
        boolean strips = leadingSpace == Tokenizer.LeadingSpace.STRIP;
        this.table = strips ? vocabulary.first() : vocabulary.later();
        this.leftToStrip = strips ? vocabulary.rule().strip().count() : 0;
    }

    /**
     * A vocabulary's bytes.
     *
     * @param first those of a text's first token
     * @param later those of every other; the same object where there is no difference
     */
    record Vocabulary(DecoderRule rule, TokenTable first, TokenTable later) {}

    @Override
    public void append(int id, StringBuilder out) {
        if (id >= 0 && skipped.get(id)) return;
        int start = out.length();
        // Text ends a run of byte tokens even where the text is empty.
        if (!table.isByte(id)) flushBytes(out);
        table.print(id, utf8, out);
        table = vocabulary.later();
        if (leftToStrip > 0) strip(start, out);
    }

    @Override
    public int touch() {
        return utf8.touch();
    }

    @Override
    public void flush(StringBuilder out) {
        utf8.flush(out);
    }

    private void flushBytes(StringBuilder out) {
        if (vocabulary.rule().byteFallback()) utf8.flush(out);
    }

    private void strip(int start, StringBuilder out) {
        int end = start;
        while (leftToStrip > 0 && end < out.length()) {
            if (out.charAt(end) != vocabulary.rule().strip().content()) {
                leftToStrip = 0;
                break;
            }
            leftToStrip--;
            end++;
        }
        out.delete(start, end);
    }
}
