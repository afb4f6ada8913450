package dev.nacelle.frontend.text;

import dev.nacelle.frontend.text.BorderTokens.Border;
import dev.nacelle.frontend.text.Tokenizer.Specials;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tokenizes prompts, and remembers how they began: what an earlier prompt had up to one of its borders is not tokenized
 * again, nor is the short end of one that comes again as a whole. The ids are always those of {@link Tokenizer#encode}. Safe
 * from any thread.
 */
public final class PromptEncoder {
    /** Longest end of a prompt that is kept: what a template ends with, and a short message. Long ones hardly come again. */
    private static final int END_MAX = 256;

    private final Tokenizer tokenizer;
    private final PrefixStore store;
    private final BorderTokens borders;
    private final Affixes affixes;
    private final long root;

    /** A tokenized prompt. */
    public static final class Encoded {
        private final int[] ids;
        private final int cached;

        private Encoded(int[] ids, int cached) {
            this.ids = ids;
            this.cached = cached;
        }

        /** The caller's own. */
        public int[] ids() {
            return ids;
        }

        /** How many of the ids were remembered. */
        public int cached() {
            return cached;
        }
    }

    public PromptEncoder(Tokenizer tokenizer, PrefixStore store) {
        this.tokenizer = tokenizer;
        this.store = store;
        borders = tokenizer instanceof HuggingFaceTokenizer known && !store.keepsNothing()
                ? known.borders()
                : BorderTokens.NONE;
        affixes = borders.isEmpty() ? Affixes.UNKNOWN : Affixes.of(tokenizer);
        root = store.root();
    }

    /** As {@link Tokenizer#encode}. */
    public Encoded encode(String text, Specials specials) {
        if (borders.isEmpty() || (specials == Specials.KEEP && !affixes.areKnown())) return uncached(text, specials);
        var paired = Surrogates.paired(text);
        var found = borders.in(paired);
        if (found.isEmpty() && !isKept(paired.length())) return uncached(paired, specials);
        var known = known(paired, found);
        var rest = rest(paired, found, known.pieces().size());
        if (rest.isEmpty()) return uncached(paired, specials);
        keep(paired, found, known, rest.get());
        int[] ids = known.followedBy(rest.get());
        if (specials == Specials.SKIP) return new Encoded(ids, known.tokens());
        // Whether a beginning is added to a text that has one depends on who adds it.
        boolean begun = ids.length > 0 && tokenizer.bosId().equals(OptionalInt.of(ids[0]));
        return begun ? uncached(paired, specials) : new Encoded(affixes.around(ids), known.tokens());
    }

    private Encoded uncached(String text, Specials specials) {
        return new Encoded(tokenizer.encode(text, specials), 0);
    }

    /** What is remembered of a prompt: its first pieces, and what the next one names as its parent. */
    private record Known(List<int[]> pieces, long node) {
        int tokens() {
            return pieces.stream().mapToInt(ids -> ids.length).sum();
        }

        int[] followedBy(int[] rest) {
            int at = tokens();
            int[] all = new int[at + rest.length];
            System.arraycopy(rest, 0, all, at, rest.length);
            for (var piece : pieces.reversed()) {
                at -= piece.length;
                System.arraycopy(piece, 0, all, at, piece.length);
            }
            return all;
        }
    }

    private Known known(String text, List<Border> found) {
        var pieces = new ArrayList<int[]>(found.size() + 1);
        long node = root;
        int from = 0;
        for (var border : found) {
            var piece = store.find(new PrefixStore.Key(node, text.substring(from, border.end())));
            if (piece.isEmpty()) break;
            pieces.add(piece.get().ids());
            node = piece.get().node();
            from = border.end();
        }
        if (pieces.size() == found.size() && isKept(text.length() - from))
            store.find(new PrefixStore.Key(node, text.substring(from))).ifPresent(end -> pieces.add(end.ids()));
        return new Known(pieces, node);
    }

    /** Whether what follows the last border is kept. It has none, so that it is never taken for a piece with others behind it. */
    private static boolean isKept(int length) {
        return length > 0 && length <= END_MAX;
    }

    /**
     * The ids of what is not known, without those of the border before it; empty when they cannot be told apart. That border
     * is tokenized once more with it: a text's very beginning is tokenized in a way of its own.
     */
    private Optional<int[]> rest(String text, List<Border> found, int known) {
        if (known > found.size()) return Optional.of(new int[0]);
        if (known == 0) return Optional.of(tokenizer.encode(text, Specials.SKIP));
        var border = found.get(known - 1);
        if (border.end() == text.length()) return Optional.of(new int[0]);
        int[] ids = tokenizer.encode(text.substring(border.start()), Specials.SKIP);
        return ids.length > 0 && ids[0] == border.id()
                ? Optional.of(Arrays.copyOfRange(ids, 1, ids.length))
                : Optional.empty();
    }

    private void keep(String text, List<Border> found, Known known, int[] rest) {
        int first = known.pieces().size();
        if (first > found.size()) return;
        var unkept = found.subList(first, found.size());
        // A border's id may come from other text as well: then nobody knows where the pieces end.
        int[] ends = borders.positions(rest);
        if (ends.length != unkept.size()) return;
        int from = first == 0 ? 0 : found.get(first - 1).end();
        int at = 0;
        long parent = known.node();
        for (int i = 0; i < ends.length; i++) {
            var border = unkept.get(i);
            if (rest[ends[i]] != border.id()) return;
            var key = new PrefixStore.Key(parent, text.substring(from, border.end()));
            parent = store.keep(key, Arrays.copyOfRange(rest, at, ends[i] + 1)).node();
            from = border.end();
            at = ends[i] + 1;
        }
        if (isKept(text.length() - from))
            store.keep(new PrefixStore.Key(parent, text.substring(from)), Arrays.copyOfRange(rest, at, rest.length));
    }
}
