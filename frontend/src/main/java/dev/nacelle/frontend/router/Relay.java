package dev.nacelle.frontend.router;

import dev.nacelle.routing.Booking;
import dev.nacelle.routing.Placement.Placed;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.Usage;
import java.util.Arrays;

/** Hands a response on, and keeps the books of the rank that makes it. */
final class Relay implements ResponseReceiver {
    private static final int[] NOTHING = {};

    private final ResponseReceiver to;
    private final LivePool pool;
    private final Placed placed;
    private final Booking booking;
    private final PoolMetrics.OfRank rank;
    private final Drift drift;
    private final int promptTokens;
    private final long arrivedNanos;
    private long firstNanos;
    private int tokens;
    private boolean incomplete;
    /** What was generated, where caches are predicted. */
    private int[] generated = NOTHING;

    /** @param arrivedNanos when the request came to the router */
    Relay(ResponseReceiver to, LivePool pool, Placed placed, Drift drift, int promptTokens, long arrivedNanos) {
        this.to = to;
        this.pool = pool;
        this.placed = placed;
        this.drift = drift;
        this.promptTokens = promptTokens;
        this.arrivedNanos = arrivedNanos;
        booking = placed.booking();
        rank = pool.metrics(placed.rank());
        rank.lastInputTokens.set(promptTokens);
    }

    @Override
    public boolean token(int id) {
        if (!to.token(id)) return false;
        if (pool.predicts()) keep(id);
        came(1);
        return true;
    }

    @Override
    public boolean chunk(Chunk chunk) {
        if (!to.chunk(chunk)) return false;
        int size = chunk.tokens().size();
        if (pool.predicts()) {
            if (chunk.index() > 0) incomplete = true; // several sequences, of which one is predicted at most
            for (int i = 0; i < size; i++) keep(chunk.tokens().at(i));
        }
        if (size > 0 || chunk.text().isPresent()) came(Math.max(1, size));
        return true;
    }

    private void keep(int id) {
        if (tokens >= generated.length) generated = Arrays.copyOf(generated, Math.max(64, tokens * 2));
        generated[tokens] = id;
    }

    private void came(int count) {
        if (tokens == 0) first();
        tokens += count;
        booking.generated(count);
    }

    private void first() {
        firstNanos = System.nanoTime();
        booking.firstToken();
        double seconds = (firstNanos - arrivedNanos) / 1e9;
        pool.metrics().timeToFirstToken.observe(seconds);
        rank.lastTimeToFirstToken.set(seconds);
    }

    @Override
    public boolean isWritable() {
        return to.isWritable();
    }

    @Override
    public void awaitWritable() throws InterruptedException {
        to.awaitWritable();
    }

    @Override
    public void finished(FinishReason reason, Usage usage) {
        if (tokens == 0 && pool.type() == WorkerType.PREFILL) first();
        if (placed.blocks() > 0 && promptTokens > 0 && usage.promptTokens() > 0)
            drift.add(
                    (double) placed.cachedBlocks() * pool.pool().hasher().blockSize() / promptTokens,
                    (double) usage.cachedTokens() / usage.promptTokens());
        end();
        to.finished(reason, usage);
    }

    @Override
    public void failed(EngineError error) {
        end();
        to.failed(error);
    }

    private void end() {
        if (tokens > 1) {
            double seconds = (System.nanoTime() - firstNanos) / 1e9 / (tokens - 1);
            pool.metrics().interTokenLatency.observe(seconds);
            rank.lastInterTokenLatency.set(seconds);
        }
        pool.metrics().outputTokens.observe(tokens);
        pool.metrics().ended.increment();
        // The last token was never computed further, so nothing of it is in a cache.
        if (pool.predicts() && !incomplete && tokens > 1 && tokens <= generated.length)
            booking.close(Arrays.copyOf(generated, tokens - 1));
        else booking.close();
    }
}
