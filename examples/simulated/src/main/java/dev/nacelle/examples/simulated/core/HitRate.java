package dev.nacelle.examples.simulated.core;

/** The share of prompt tokens found in the prefix cache, over the last thousand sequences and over all. */
public final class HitRate {
    private static final int WINDOW = 1_000;

    private final int[] asked = new int[WINDOW];
    private final int[] found = new int[WINDOW];
    private int next;
    private long askedRecently;
    private long foundRecently;
    private long askedTokens;
    private long foundTokens;

    void add(int promptTokens, int cachedTokens) {
        askedRecently += promptTokens - asked[next];
        foundRecently += cachedTokens - found[next];
        asked[next] = promptTokens;
        found[next] = cachedTokens;
        next = (next + 1) % WINDOW;
        askedTokens += promptTokens;
        foundTokens += cachedTokens;
    }

    public boolean isMeasured() {
        return askedTokens > 0;
    }

    /** Of the last thousand sequences, 0.0 to 1.0; 0 when there was none. */
    public double recent() {
        return askedRecently == 0 ? 0 : (double) foundRecently / askedRecently;
    }

    /** Prompt tokens of all sequences so far. */
    public long askedTokens() {
        return askedTokens;
    }

    /** Of these, found in the cache. */
    public long foundTokens() {
        return foundTokens;
    }
}
