package dev.nacelle.frontend.text;

import dev.nacelle.spi.request.TokenIds;
import java.util.OptionalInt;

/**
 * Turns text into token ids and ids back into text. Made by {@link Tokenizers}; safe from any thread.
 *
 * <p>The owner closes it when no request uses it any more; {@link #encode} afterwards throws
 * {@link IllegalStateException}. A call that runs while it is closed completes first.
 */
public interface Tokenizer extends AutoCloseable {
    /** What becomes of special tokens, such as the end of text. */
    enum Specials {
        /** Left out: not added while encoding, not printed while decoding. */
        SKIP,
        /** Encoding adds those that begin a text (and whatever else the model wants); decoding prints them. */
        KEEP
    }

    /** What becomes of the space that some vocabularies put before the first word and their decoders take off again. */
    enum LeadingSpace {
        /** Taken off: the ids are a text of their own. */
        STRIP,
        /** Left: the ids go on from a prompt. */
        KEEP
    }

    /**
     * The ids of {@code text}. Special tokens that are spelled out in the text ({@code </s>}) become those tokens, whatever
     * {@code specials} says. An unpaired surrogate is encoded as U+FFFD. Empty text gives no ids but added specials.
     */
    int[] encode(String text, Specials specials);

    /** A new detokenizer for one stream. */
    Detokenizer detokenizer(Specials specials, LeadingSpace leadingSpace);

    /** The text of a whole sequence. An id that the tokenizer does not know prints U+FFFD. */
    default String decode(int[] ids, Specials specials) {
        var out = new StringBuilder(ids.length * 4);
        var detokenizer = detokenizer(specials, LeadingSpace.STRIP);
        for (int id : ids) detokenizer.append(id, out);
        detokenizer.flush(out);
        return out.toString();
    }

    /**
     * The bytes that one token stands for, whatever comes before it: not always whole characters. Those of U+FFFD for an
     * id that the tokenizer does not know.
     */
    byte[] tokenBytes(int id);

    /** One more than the greatest id. */
    int vocabularySize();

    boolean isSpecial(int id);

    /** The token that begins a text, if the model has one. */
    OptionalInt bosId();

    /** The tokens that end a text; may be empty. */
    TokenIds eosIds();

    /** Frees what lies outside the Java heap. Idempotent. */
    @Override
    void close();
}
