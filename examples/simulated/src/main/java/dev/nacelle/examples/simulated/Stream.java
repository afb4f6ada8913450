package dev.nacelle.examples.simulated;

import dev.nacelle.examples.simulated.core.Sequence;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One request's way out of the simulation. The driver's thread alone writes to the sink; the request's thread waits in
 * {@link #awaitEnd}.
 */
final class Stream implements Sequence.Output {
    private static final System.Logger LOG = System.getLogger(Stream.class.getName());

    private final ResponseSink sink;
    private final FinishReason reason;
    private final Optional<IntFunction<Handoff>> handoff;
    private final Sequence sequence;
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable EngineError failure;
    private int rank;

    /**
     * @param reason of a complete stream's end
     * @param handoff what a complete stream hands to a decode worker, by the rank (from 0) that it was let into
     * @param sequence makes the sequence that writes here
     */
    Stream(
            ResponseSink sink,
            FinishReason reason,
            Optional<IntFunction<Handoff>> handoff,
            Function<Sequence.Output, Sequence> sequence) {
        this.sink = sink;
        this.reason = reason;
        this.handoff = handoff;
        this.sequence = sequence.apply(this);
    }

    Sequence sequence() {
        return sequence;
    }

    /** The rank that the sequence is in, from 0. */
    int rank() {
        return rank;
    }

    void letInto(int chosen) {
        rank = chosen;
    }

    /** Blocks the request's thread until the stream has ended; an interrupt cancels it. */
    void awaitEnd(Runnable cancel) throws EngineException {
        while (true) {
            try {
                ended.await();
                if (failure != null) throw new EngineException(failure);
                return;
            } catch (InterruptedException _) {
                // Not thrown on: the driver may be writing to the sink at this moment, so it is the one to end it.
                cancel.run();
            }
        }
    }

    boolean isEnded() {
        return ended.getCount() == 0;
    }

    /** Ends the stream with an error, unless it has ended. */
    void fail(EngineError error) {
        if (isEnded()) return;
        failure = error;
        ended.countDown();
    }

    @Override
    public boolean isReady() {
        return isEnded() || sink.isWritable();
    }

    @Override
    public void token(int id) {
        if (isEnded()) return;
        try {
            sink.token(id);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    public void ended(Sequence.End end) {
        if (isEnded()) return;
        try {
            switch (end) {
                case COMPLETED -> {
                    handoff.ifPresent(by -> sink.emit(chunk(by.apply(rank))));
                    finish(reason);
                }
                case CANCELLED -> finish(FinishReason.CANCELLED);
                case FAILED -> fail(new EngineError.EngineShutdown("the simulated engine crashed: try again"));
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void finish(FinishReason why) {
        sink.finish(why, new Usage(sequence.promptTokens(), sequence.emittedTokens(), sequence.cachedPromptTokens()));
        ended.countDown();
    }

    /** One stream's trouble is not the batch's: its sequence goes on, for nobody. */
    private void failed(RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a sink failed", e);
        fail(new EngineError.Unknown("the simulated engine could not write: " + e));
    }

    private static Chunk chunk(Handoff handoff) {
        return new Chunk(0, TokenIds.NONE, Optional.empty(), List.of(), Optional.empty(), handoff.toMap(), Map.of());
    }
}
