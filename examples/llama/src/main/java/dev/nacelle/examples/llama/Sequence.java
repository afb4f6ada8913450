package dev.nacelle.examples.llama;

import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A request under way: its tokens, how many of them the KV cache holds, and its stream.
 *
 * <p>Two threads meet here. The scheduler's does everything but {@link #follow}, in which the request's own thread waits
 * for the end of the stream.
 */
final class Sequence {
    /** What the scheduler tells the request's thread. */
    private sealed interface Signal {
        record Paused() implements Signal {}

        record Ended() implements Signal {}

        record Failed(EngineException cause) implements Signal {}
    }

    private final Plan plan;
    private final GenerateContext context;
    private final ResponseSink sink;
    private final Sampler sampler;
    private final KvBlocks kv;
    /** The request's. */
    private final Thread thread = Thread.currentThread();

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private int[] tokens;
    private int size;
    private int computed;
    private volatile boolean paused;
    private volatile boolean interrupted;

    /** To be made on the request's own thread. */
    Sequence(Plan plan, GenerateContext context, ResponseSink sink, KvBlocks kv) {
        this.plan = plan;
        this.context = context;
        this.sink = sink;
        this.kv = kv;
        tokens = plan.prompt().toArray();
        size = tokens.length;
        sampler = new Sampler(plan.sampling(), tokens);
    }

    /** Waits until the stream has ended. {@code wake} tells the scheduler that something changed. */
    void follow(Runnable wake) throws EngineException {
        while (true) {
            try {
                switch (signals.take()) {
                    case Signal.Ended _ -> {
                        return;
                    }
                    case Signal.Failed(var cause) -> throw cause;
                    case Signal.Paused _ -> {
                        if (!interrupted) sink.awaitWritable();
                        resume(wake);
                    }
                }
            } catch (InterruptedException _) {
                // A cancellation. The scheduler may be writing to the sink at this moment, so the end is its business
                // here too: it comes with the next step.
                interrupted = true;
                resume(wake);
            }
        }
    }

    private void resume(Runnable wake) {
        paused = false;
        wake.run();
    }

    /** Whether the caller gave up. Not while the request's thread waits for the reader: it comes back for this too. */
    boolean isCancelled() {
        return !paused && (interrupted || context.isCancelled());
    }

    /** Whether its reader keeps up. If not, the request's thread waits for it, and wakes the scheduler then. */
    boolean takesTokens() {
        if (paused) return false;
        if (sink.isWritable()) return true;
        paused = true;
        signals.add(new Signal.Paused());
        return false;
    }

    boolean isPaused() {
        return paused;
    }

    /** Tokens that the KV cache does not hold yet; 1 while it decodes. */
    int pending() {
        return size - computed;
    }

    /** Takes blocks for all its tokens; false when there are too few. */
    boolean growCache() {
        return kv.grow(size);
    }

    /** Gives up its blocks; what was in them is computed again later. */
    void forgetCache() {
        kv.release();
        computed = 0;
    }

    /** Adds the next {@code count} pending tokens to a step; the last of all wants logits. */
    void addTo(List<Row> rows, int count) {
        for (int end = computed + count; computed < end; computed++)
            rows.add(new Row(tokens[computed], computed, kv, computed == size - 1));
    }

    /** Chooses the next token and emits it. The reason, if the stream is to end here. */
    Optional<FinishReason> advance(float[] logits) {
        var original = plan.logProbs().isPresent() ? logits.clone() : logits;
        int generated = size - plan.prompt().size();
        if (generated < plan.minTokens()) plan.stops().stream().forEach(stop -> logits[stop] = Float.NEGATIVE_INFINITY);
        int token = sampler.next(logits);
        // The token that ends a text is no part of it.
        if (plan.endsWith(token)) return Optional.of(FinishReason.STOP);
        append(token);
        if (plan.logProbs().isPresent())
            sink.emit(Chunk.ofLogProbs(
                    List.of(LogProbs.of(original, token, plan.logProbs().getAsInt()))));
        else sink.token(token);
        return size == plan.limit() ? Optional.of(FinishReason.LENGTH) : Optional.empty();
    }

    private void append(int token) {
        if (size == tokens.length) tokens = Arrays.copyOf(tokens, Math.min(plan.limit(), 2 * size + 16));
        tokens[size++] = token;
    }

    void finish(FinishReason reason) {
        int prompt = plan.prompt().size();
        sink.finish(reason, new Usage(prompt, size - prompt));
        signals.add(new Signal.Ended());
    }

    void fail(EngineException cause) {
        signals.add(new Signal.Failed(cause));
        // It may wait for a reader who never comes.
        if (paused) thread.interrupt();
    }
}
