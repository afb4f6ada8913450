package dev.nacelle.frontend.text;

import java.util.BitSet;

/** Leaves special tokens out of the text but for some, which mark its parts. */
public final class MarkedDetokenizer implements Detokenizer {
    private final Tokenizer tokenizer;
    private final BitSet shown;
    private final Detokenizer all;

    /** @param shown ids of the special tokens that are printed */
    public MarkedDetokenizer(Tokenizer tokenizer, BitSet shown, Tokenizer.LeadingSpace leadingSpace) {
        this.tokenizer = tokenizer;
        this.shown = shown;
        all = tokenizer.detokenizer(Tokenizer.Specials.KEEP, leadingSpace);
    }

    @Override
    public void append(int id, StringBuilder out) {
        if (shown.get(Math.max(id, 0)) || !tokenizer.isSpecial(id)) all.append(id, out);
    }

    @Override
    public int touch() {
        return all.touch();
    }

    @Override
    public void flush(StringBuilder out) {
        all.flush(out);
    }
}
