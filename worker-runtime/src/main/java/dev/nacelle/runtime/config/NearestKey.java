package dev.nacelle.runtime.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The valid word that a wrong one was probably meant to be. */
public final class NearestKey {
    private static final int CHARS_MAX = 100;

    private NearestKey() {}

    /** Empty if none is near: more than a third of the letters differ. */
    public static Optional<String> of(String word, Collection<String> candidates) {
        if (word.length() > CHARS_MAX) {
            return Optional.empty();
        }
        var normal = normalised(word);
        int distanceMax = Math.max(1, normal.length() / 3);
        record Near(String word, int distance) {}
        return candidates.stream()
                .map(candidate -> new Near(candidate, distance(normal, normalised(candidate))))
                .filter(near -> near.distance <= distanceMax)
                .min(Comparator.comparingInt(Near::distance))
                .map(Near::word);
    }

    private static String normalised(String word) {
        return RecordFields.key(word).replace('-', '_');
    }

    /** Edit distance where a swap of neighbours counts once (optimal string alignment). */
    static int distance(String a, String b) {
        var rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                int change = rows[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                rows[i][j] = Math.min(change, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    rows[i][j] = Math.min(rows[i][j], 1 + rows[i - 2][j - 2]);
                }
            }
        }
        return rows[a.length()][b.length()];
    }
}
