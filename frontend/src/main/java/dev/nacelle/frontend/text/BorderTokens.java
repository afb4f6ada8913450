package dev.nacelle.frontend.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a text may be cut so that its parts, tokenized one by one, give the tokens of the whole: after certain added tokens.
 * Tokenizers cut a text at its added tokens before they do anything else, and what lies between two of them is tokenized
 * without regard to its surroundings.
 *
 * <p>Only tokens count that are found in the raw text ({@code normalized: false}), whatever stands beside them
 * ({@code single_word: false}), and whose every occurrence is a match: none that another token can overlap from the left or
 * swallow, nor itself.
 */
final class BorderTokens {
    static final BorderTokens NONE = new BorderTokens(List.of());

    /** An added token that is looked for in the raw text. */
    record Added(int id, String content, boolean singleWord) {}

    private final List<Added> tokens;
    private final BitSet ids = new BitSet();

    private BorderTokens(List<Added> tokens) {
        this.tokens = List.copyOf(tokens);
        for (var token : tokens) ids.set(token.id());
    }

    /** @param raw every added token that is not normalized */
    static BorderTokens among(List<Added> raw) {
        var safe = raw.stream()
                .filter(token -> !token.singleWord()
                        && !token.content().isEmpty()
                        && raw.stream().noneMatch(other -> disturbs(other, token)))
                .toList();
        return new BorderTokens(safe);
    }

    private static boolean disturbs(Added other, Added token) {
        var content = token.content();
        if (!other.equals(token) && other.content().contains(content)) return true;
        int longest = Math.min(other.content().length(), content.length()) - 1;
        for (int length = 1; length <= longest; length++)
            if (other.content().regionMatches(other.content().length() - length, content, 0, length)) return true;
        return false;
    }

    boolean isEmpty() {
        return tokens.isEmpty();
    }

    /** The borders in {@code text}, in order: the tokens after which it may be cut. */
    List<Border> in(String text) {
        var found = new ArrayList<Border>();
        int[] next = new int[tokens.size()];
        for (int i = 0; i < next.length; i++)
            next[i] = text.indexOf(tokens.get(i).content());
        while (true) {
            int first = -1;
            for (int i = 0; i < next.length; i++) if (next[i] >= 0 && (first < 0 || next[i] < next[first])) first = i;
            if (first < 0) return found;
            var token = tokens.get(first);
            int end = next[first] + token.content().length();
            found.add(new Border(token.id(), next[first], end));
            next[first] = text.indexOf(token.content(), end);
        }
    }

    /** Where ids of these tokens stand. */
    int[] positions(int[] tokenized) {
        return IntStream.range(0, tokenized.length)
                .filter(i -> ids.get(tokenized[i]))
                .toArray();
    }

    /**
     * An occurrence of a token.
     *
     * @param start its first character
     * @param end behind its last one: where the text may be cut
     */
    record Border(int id, int start, int end) {}
}
