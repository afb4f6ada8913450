package dev.nacelle.routing;

/**
 * A request's work on its rank: counted from its placement until closed, whichever way the request ends and also when the
 * rank has left meanwhile. From any thread; {@link #generated} by one at a time.
 */
public final class Booking implements AutoCloseable {
    private final Pool pool;
    private final Rank rank;
    private final int[] prompt;
    /** The prompt's full blocks, which others may use too; empty where the pool did not look at them. */
    private final long[] chain;

    private final int blockSize;
    private int prefillTokens;
    /** Those of the chain, and this request's own. */
    private long blocks;

    private long tokens;
    private boolean closed;

    Booking(Pool pool, Rank rank, int[] prompt, long[] chain, int blockSize, int prefillTokens) {
        this.pool = pool;
        this.rank = rank;
        this.prompt = prompt;
        this.chain = chain;
        this.blockSize = blockSize;
        this.prefillTokens = prefillTokens;
        tokens = prompt.length;
        blocks = (tokens + blockSize - 1) / blockSize;
        rank.inFlight++;
        rank.prefillTokens += prefillTokens;
        rank.blocks += rank.prompts.use(chain) + blocks - chain.length;
    }

    public Rank rank() {
        return rank;
    }

    /** The prompt has been computed; idempotent. */
    public void firstToken() {
        synchronized (pool) {
            rank.prefillTokens -= prefillTokens;
            prefillTokens = 0;
        }
        pool.freed();
    }

    /** So many more tokens were generated, each of which stays in the cache for the rest of the response. */
    public void generated(int count) {
        tokens += count;
        if (tokens <= blocks * blockSize) return;
        synchronized (pool) {
            if (closed) return;
            long more = (tokens + blockSize - 1) / blockSize - blocks;
            blocks += more;
            rank.blocks += more;
        }
    }

    /** The request has ended, and what it made beside the prompt is in the rank's cache now. */
    public void close(int[] generated) {
        pool.predict(rank, prompt, generated);
        close();
    }

    /** The request has ended, or was never sent; idempotent. */
    @Override
    public void close() {
        synchronized (pool) {
            if (closed) return;
            closed = true;
            rank.inFlight--;
            rank.prefillTokens -= prefillTokens;
            rank.blocks -= rank.prompts.release(chain) + blocks - chain.length;
            prefillTokens = 0;
        }
        pool.freed();
    }
}
