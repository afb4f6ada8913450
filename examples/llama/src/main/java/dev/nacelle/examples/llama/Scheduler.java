package dev.nacelle.examples.llama;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.SnapshotPublisher;
import dev.nacelle.spi.request.FinishReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Continuous batching: one thread steps all running sequences together, lets waiting ones in as soon as there is room,
 * and drops those that ended between two steps.
 *
 * <p>A sequence gets blocks for its prompt when it is let in, and more as it grows. When none is left, the youngest
 * sequence gives its blocks up, waits in front of all others, and is computed again later: so the oldest always gets
 * on. A sequence whose reader is slow is left out of steps, and is the first to give its blocks up.
 */
final class Scheduler {
    private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Transformer transformer;
    private final BlockPool pool;
    private final LlamaOptions options;
    private final Consumer<String> onFailure;
    private final Thread thread;
    private volatile SnapshotPublisher publisher = (_, _) -> {};
    private volatile int dpRank;

    /** Guards the three below, the only state that other threads touch. */
    private final Object lock = new Object();

    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    private int accepted;
    private Optional<EngineError> refusal = Optional.empty();

    private volatile boolean stopped;

    // The thread's own.
    private final List<Sequence> running = new ArrayList<>();
    private long published = -1;

    /** @param onFailure hears of a defect after which nothing is served any more */
    Scheduler(Transformer transformer, BlockPool pool, LlamaOptions options, Consumer<String> onFailure) {
        this.transformer = transformer;
        this.pool = pool;
        this.options = options;
        this.onFailure = onFailure;
        thread = Thread.ofPlatform().name("llama-scheduler").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Queues a sequence. @throws EngineException when too many wait, or nothing is taken any more */
    void submit(Sequence sequence) throws EngineException {
        synchronized (lock) {
            if (refusal.isPresent()) throw new EngineException(refusal.get());
            if (accepted >= options.maxBatch() + options.maxWaiting())
                throw new EngineException(new EngineError.Overloaded(
                        "the engine has %d requests, as many as it takes".formatted(accepted), RETRY_AFTER));
            accepted++;
            waiting.add(sequence);
        }
        wake();
    }

    /** Looks at all sequences again: one was added, cancelled, or can be written to again. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Takes nothing new from now on. */
    void refuse(EngineError error) {
        synchronized (lock) {
            if (refusal.isEmpty()) refusal = Optional.of(error);
        }
    }

    /** Where the pool's state goes, from now on. */
    void publishTo(SnapshotPublisher newPublisher, int rank) {
        dpRank = rank;
        publisher = newPublisher;
        newPublisher.publish(rank, new ComponentSnapshot(0, pool.total()));
    }

    /** Ends every stream that still runs, and the thread. Idempotent. */
    void stop() throws InterruptedException {
        stopped = true;
        wake();
        thread.join();
    }

    private void run() {
        var end = new EngineException(new EngineError.EngineShutdown("the engine was stopped"));
        try {
            while (!stopped) {
                dropCancelled();
                admit();
                if (!step()) LockSupport.park(this);
            }
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "the scheduler failed", e);
            end = new EngineException(new EngineError.Unknown("the engine failed: " + e), e);
            onFailure.accept(end.getMessage());
        }
        endAll(end);
    }

    private void endAll(EngineException cause) {
        List<Sequence> all = new ArrayList<>(running);
        refuse(cause.error());
        synchronized (lock) {
            all.addAll(waiting);
            waiting.clear();
        }
        running.clear();
        for (var sequence : all) {
            letGo(sequence);
            sequence.fail(cause);
        }
    }

    private void dropCancelled() {
        var cancelled = new ArrayList<Sequence>();
        synchronized (lock) {
            drop(waiting.iterator(), cancelled);
        }
        drop(running.iterator(), cancelled);
        for (var sequence : cancelled) end(sequence, FinishReason.CANCELLED);
    }

    private static void drop(Iterator<Sequence> sequences, List<Sequence> cancelled) {
        while (sequences.hasNext()) {
            var sequence = sequences.next();
            if (!sequence.isCancelled()) continue;
            sequences.remove();
            cancelled.add(sequence);
        }
    }

    /** Lets the first of those that wait in, as long as there is room. */
    private void admit() {
        synchronized (lock) {
            var candidates = waiting.iterator();
            while (running.size() < options.maxBatch() && candidates.hasNext()) {
                var next = candidates.next();
                if (next.isPaused()) continue;
                if (!next.growCache()) return;
                candidates.remove();
                running.add(next);
            }
        }
    }

    /** One forward pass over whatever is to be computed. False when there is nothing. */
    private boolean step() {
        var rows = new ArrayList<Row>();
        var ready = new ArrayList<Sequence>();
        // Those that decode come first and take one token each; prompts share what is left of the step.
        for (var sequence : List.copyOf(running))
            if (sequence.pending() == 1 && running.contains(sequence) && sequence.takesTokens() && makeRoom(sequence))
                take(sequence, rows, ready);
        for (var sequence : running)
            if (sequence.pending() > 1 && rows.size() < options.maxBatchedTokens() && sequence.takesTokens())
                take(sequence, rows, ready);
        if (rows.isEmpty()) return false;
        var logits = transformer.forward(rows);
        for (int i = 0; i < ready.size(); i++) advance(ready.get(i), logits[i]);
        publish();
        return true;
    }

    private void take(Sequence sequence, List<Row> rows, List<Sequence> ready) {
        sequence.addTo(rows, Math.min(sequence.pending(), options.maxBatchedTokens() - rows.size()));
        if (sequence.pending() == 0) ready.add(sequence);
    }

    /** Takes a block for the sequence's next token if it needs one; false when it had to give up its own instead. */
    private boolean makeRoom(Sequence sequence) {
        while (!sequence.growCache()) {
            var victim = victim();
            running.remove(victim);
            victim.forgetCache();
            synchronized (lock) {
                waiting.addFirst(victim);
            }
            if (victim == sequence) return false;
        }
        return true;
    }

    private Sequence victim() {
        for (var sequence : running.reversed()) if (sequence.isPaused()) return sequence;
        return running.getLast();
    }

    private void advance(Sequence sequence, float[] logits) {
        try {
            var reason = sequence.advance(logits);
            if (reason.isEmpty()) return;
            running.remove(sequence);
            end(sequence, reason.get());
        } catch (ArithmeticException e) {
            running.remove(sequence);
            letGo(sequence);
            sequence.fail(new EngineException(new EngineError.Unknown(String.valueOf(e.getMessage())), e));
        }
    }

    private void end(Sequence sequence, FinishReason reason) {
        letGo(sequence);
        sequence.finish(reason);
    }

    /** Blocks are free, and said to be, before the caller hears of the end. */
    private void letGo(Sequence sequence) {
        sequence.forgetCache();
        synchronized (lock) {
            accepted--;
        }
        publish();
    }

    private void publish() {
        if (pool.used() == published) return;
        published = pool.used();
        publisher.publish(dpRank, new ComponentSnapshot(published, pool.total()));
    }
}
