package dev.nacelle.benchmarks.simulation;

import dev.nacelle.examples.simulated.core.Sequence;
import dev.nacelle.routing.PrefixIndex;
import java.util.Arrays;

/** What became of the requests that came after the warm-up. */
final class Outcome {
    private static final double KEPT_UP = 0.95;

    private final long fromNanos;
    private final long untilNanos;
    private long[] firstTokenNanos = new long[1024];
    private int requests;
    private long promptTokens;
    private long cachedTokens;
    private long gapNanos;
    private long gaps;
    private int inTime;
    private long[] decisionNanos = new long[1024];
    private int decisions;
    private long[] eventNanos = new long[1024];
    private int events;
    private long indexBytes;
    private long indexedBlocks;

    /**
     * @param fromNanos when the warm-up is over
     * @param untilNanos when the last request comes
     */
    Outcome(long fromNanos, long untilNanos) {
        this.fromNanos = fromNanos;
        this.untilNanos = untilNanos;
    }

    /** A request has ended. */
    void request(long arrivedNanos, long firstNanos, long endedNanos, Sequence sequence) {
        if (arrivedNanos < fromNanos) return;
        if (requests == firstTokenNanos.length) firstTokenNanos = Arrays.copyOf(firstTokenNanos, 2 * requests);
        firstTokenNanos[requests++] = firstNanos - arrivedNanos;
        promptTokens += sequence.promptTokens();
        cachedTokens += sequence.cachedPromptTokens();
        gapNanos += endedNanos - firstNanos;
        gaps += sequence.emittedTokens() - 1;
        if (endedNanos <= untilNanos) inTime++;
    }

    /** A router has chosen, in so much real time. */
    void decision(long arrivedNanos, long nanos) {
        if (arrivedNanos < fromNanos) return;
        if (decisions == decisionNanos.length) decisionNanos = Arrays.copyOf(decisionNanos, 2 * decisions);
        decisionNanos[decisions++] = nanos;
    }

    /** A router has taken in that blocks were stored or removed, in so much real time. */
    void events(int blocks, long nanos) {
        if (blocks == 0) return;
        if (events == eventNanos.length) eventNanos = Arrays.copyOf(eventNanos, 2 * events);
        eventNanos[events++] = nanos / blocks;
    }

    /** For each block stored or removed, the median. */
    double blockEventMicros() {
        return quantile(eventNanos, events, 0.5) / 1e3;
    }

    /** What a router's index has come to. */
    void index(PrefixIndex.Stats stats) {
        indexBytes += stats.bytes();
        indexedBlocks += stats.held();
    }

    /** The median, which neither the compiler's warm-up nor other users of the machine move by much. */
    double decisionMicros() {
        return quantile(decisionNanos, decisions, 0.5) / 1e3;
    }

    long indexBytes() {
        return indexBytes;
    }

    long indexedBlocks() {
        return indexedBlocks;
    }

    int requests() {
        return requests;
    }

    /** Whether the workers kept up: but for a few, the requests had ended when the last one came. */
    boolean keptUp() {
        return inTime >= KEPT_UP * requests;
    }

    double meanTtftMillis() {
        return Arrays.stream(firstTokenNanos, 0, requests).average().orElse(0) / 1e6;
    }

    double ttftMillis(double quantile) {
        return quantile(firstTokenNanos, requests, quantile) / 1e6;
    }

    private static double quantile(long[] values, int count, double quantile) {
        if (count == 0) return 0;
        var sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(count - 1L, Math.round(quantile * count))];
    }

    double meanGapMillis() {
        return gaps == 0 ? 0 : gapNanos / 1e6 / gaps;
    }

    /** The share of prompt tokens that an engine found in its cache. */
    double hitRate() {
        return promptTokens == 0 ? 0 : (double) cachedTokens / promptTokens;
    }
}
