package dev.nacelle.routing;

import java.util.Arrays;

/** The ranks that may get a request: thousands of them, gathered anew for each, so in an array that stays. For one thread. */
final class Candidates {
    private Rank[] ranks = new Rank[0];
    private int count;

    void clear() {
        count = 0;
    }

    void add(Rank rank) {
        if (count == ranks.length) {
            ranks = Arrays.copyOf(ranks, Math.max(64, count * 2));
            Arrays.fill(ranks, count, ranks.length, rank); // never null, whoever looks
        }
        ranks[count++] = rank;
    }

    Rank get(int i) {
        return ranks[i];
    }

    int size() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }
}
