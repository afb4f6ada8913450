package dev.nacelle.examples.echo;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request's tokens. In a batch the scheduler's thread alone moves it and writes to its sink, while the request's waits in
 * {@link #awaitEnd}; where no pace binds streams together, the request's own thread does it all in {@link #run}.
 */
final class EchoStream {
    /** What a step did to a stream. */
    enum Progress {
        MOVED,
        /** Left out: no step is due, or the reader is behind. */
        STALLED,
        ENDED
    }

    private static final System.Logger LOG = System.getLogger(EchoStream.class.getName());

    private final TokenIds prompt;
    private final StopConditions stop;
    private final int maxTokens;
    private final OptionalInt eos;
    private final GenerateContext context;
    private final ResponseSink sink;
    private final RankSlots.Slot slot;
    private final CountDownLatch ended = new CountDownLatch(1);
    private int emitted;
    private int position;
    private volatile boolean interrupted;
    private @Nullable EngineError failure;

    /** @param slot closed before the stream ends: a caller that has its answer may ask again at once */
    EchoStream(
            GenerateRequest request,
            int maxTokens,
            OptionalInt eos,
            GenerateContext context,
            ResponseSink sink,
            RankSlots.Slot slot) {
        this.slot = slot;
        this.prompt = request.tokenIds();
        this.stop = request.stop();
        this.maxTokens = maxTokens;
        this.eos = stop.ignoreEos() ? OptionalInt.empty() : eos;
        this.context = context;
        this.sink = sink;
    }

    /** Blocks the request's thread until the stream has ended; an interrupt ends it within a step. */
    void awaitEnd(Runnable wakeScheduler) throws EngineException {
        while (true) {
            try {
                ended.await();
                if (failure != null) throw new EngineException(failure);
                return;
            } catch (InterruptedException _) {
                // Not thrown on: the scheduler may be writing to the sink at this moment, so it is the one to end it.
                interrupted = true;
                wakeScheduler.run();
            }
        }
    }

    /** Gives tokens as fast as they are read, until the stream ends; on the request's thread. */
    void run(BooleanSupplier isShut) throws EngineException {
        try {
            var progress = Progress.MOVED;
            while (progress != Progress.ENDED) {
                if (isShut.getAsBoolean()) throw new EngineException(EchoEngine.shutdown());
                if (progress == Progress.STALLED) sink.awaitWritable();
                progress = step(true);
            }
        } catch (InterruptedException _) { // which is how a cancellation comes
            finish(FinishReason.CANCELLED);
        }
        if (failure != null) throw new EngineException(failure);
    }

    /**
     * Ends the stream when it was cancelled; else, when a step is due, emits the next token unless the reader is behind.
     */
    Progress step(boolean due) {
        try {
            if (interrupted || context.isCancelled()) return finish(FinishReason.CANCELLED);
            return due && sink.isWritable() ? emit() : Progress.STALLED;
        } catch (RuntimeException e) { // one stream's trouble is not the batch's
            LOG.log(System.Logger.Level.ERROR, "request " + context.id() + " failed", e);
            fail(new EngineError.Unknown("the echo engine failed: " + e));
            return Progress.ENDED;
        }
    }

    /** Ends the stream with an error. */
    void fail(EngineError error) {
        failure = error;
        ended.countDown();
    }

    private Progress emit() {
        int token = prompt.at(position);
        if (isStop(token)) return finish(FinishReason.STOP);
        sink.token(token);
        position = position + 1 == prompt.size() ? 0 : position + 1;
        return ++emitted == maxTokens ? finish(FinishReason.LENGTH) : Progress.MOVED;
    }

    private Progress finish(FinishReason reason) {
        slot.close();
        sink.finish(reason, new Usage(prompt.size(), emitted));
        ended.countDown();
        return Progress.ENDED;
    }

    private boolean isStop(int token) {
        return stop.endsAt(token, emitted)
                || (eos.isPresent() && eos.getAsInt() == token && emitted >= stop.minTokens());
    }
}
