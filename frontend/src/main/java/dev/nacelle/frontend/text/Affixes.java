package dev.nacelle.frontend.text;

import dev.nacelle.frontend.text.Tokenizer.Specials;
import java.util.Arrays;

/** What a tokenizer puts around a text that is to begin and end as the model wants it. */
final class Affixes {
    private static final System.Logger LOG = System.getLogger(Affixes.class.getName());
    static final Affixes UNKNOWN = new Affixes(false, new int[0], new int[0]);

    private static final String[] PROBES = {"a", "hello"};

    private final boolean known;
    private final int[] before;
    private final int[] after;

    private Affixes(boolean known, int[] before, int[] after) {
        this.known = known;
        this.before = before;
        this.after = after;
    }

    /** Found by trying: unknown when two texts do not agree. */
    static Affixes of(Tokenizer tokenizer) {
        var first = probe(tokenizer, PROBES[0]);
        var second = probe(tokenizer, PROBES[1]);
        boolean agree = Arrays.equals(first.before, second.before) && Arrays.equals(first.after, second.after);
        return first.known && second.known && agree ? first : UNKNOWN;
    }

    private static Affixes probe(Tokenizer tokenizer, String text) {
        try {
            return affixes(tokenizer, text);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a vocabulary that cannot say \"" + text + "\"", e);
            return UNKNOWN;
        }
    }

    private static Affixes affixes(Tokenizer tokenizer, String text) {
        int[] bare = tokenizer.encode(text, Specials.SKIP);
        int[] whole = tokenizer.encode(text, Specials.KEEP);
        for (int at = 0; bare.length > 0 && at + bare.length <= whole.length; at++)
            if (Arrays.equals(whole, at, at + bare.length, bare, 0, bare.length))
                return new Affixes(
                        true, Arrays.copyOf(whole, at), Arrays.copyOfRange(whole, at + bare.length, whole.length));
        return UNKNOWN;
    }

    boolean areKnown() {
        return known;
    }

    int[] around(int[] ids) {
        if (before.length == 0 && after.length == 0) return ids;
        int[] whole = Arrays.copyOf(before, before.length + ids.length + after.length);
        System.arraycopy(ids, 0, whole, before.length, ids.length);
        System.arraycopy(after, 0, whole, before.length + ids.length, after.length);
        return whole;
    }
}
