package dev.nacelle.routing;

import java.util.OptionalInt;

/**
 * A rank of a worker, or a worker as a whole where ranks are not chosen, and what the router knows of its work. Its counts
 * change under the pool's lock.
 */
public final class Rank {
    /** The number of a worker as a whole. */
    static final int WHOLE = -1;

    private final Worker worker;
    private final int dpRank;
    /** Its number in the index. */
    final int slot;

    /** What of {@link #blocks} requests may share. */
    final ActiveBlocks prompts = new ActiveBlocks();

    long prefillTokens;
    long blocks;
    int inFlight;
    boolean left;
    private volatile double reportedUsage;
    private volatile long reportedBlocks;

    Rank(Worker worker, int dpRank, int slot) {
        this.worker = worker;
        this.dpRank = dpRank;
        this.slot = slot;
    }

    /**
     * What is under way on it, by the router's own account.
     *
     * @param prefillTokens prompt tokens that are not computed yet
     * @param blocks KV blocks in use; those that several requests begin with once, where the pool looks at prompts
     */
    public record Load(int requests, long prefillTokens, long blocks) {}

    public Worker worker() {
        return worker;
    }

    /** Which rank; empty for a worker as a whole. */
    public OptionalInt dpRank() {
        return dpRank == WHOLE ? OptionalInt.empty() : OptionalInt.of(dpRank);
    }

    /** What its engine says of itself. From any thread. */
    public void reported(long usedBlocks, double usage) {
        reportedBlocks = usedBlocks;
        reportedUsage = usage;
    }

    /** The share of its KV cache that is in use, by its engine's account; of a worker as a whole, its ranks' average. */
    public double reportedUsage() {
        return dpRank == WHOLE ? worker.reportedUsage() : reportedUsage;
    }

    /** KV blocks in use, by its engine's account. */
    public long reportedBlocks() {
        return reportedBlocks;
    }

    /** {@code worker/rank}, the worker in hexadecimal. */
    @Override
    public String toString() {
        return "%x/%s".formatted(worker.id(), dpRank == WHOLE ? "-" : dpRank);
    }
}
