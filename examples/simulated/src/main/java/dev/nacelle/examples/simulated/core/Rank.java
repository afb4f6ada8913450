package dev.nacelle.examples.simulated.core;

import dev.nacelle.examples.simulated.core.Sequence.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One rank's scheduler, as vLLM's does it: continuous batching with chunked prefill. Sequences that run come first, in
 * the order in which they came in, each with as many tokens as it has to compute and as the step has room for; then
 * those that wait are let in while there is room. When blocks run out, the youngest gives its own up, waits in front of
 * all others and is computed again, with what it had emitted.
 *
 * <p>A step has two moments: {@link #begin} decides what it computes and how long that takes, {@link #complete} is when
 * its tokens are there. Nothing here knows the time.
 */
final class Rank {
    static final long IDLE = -1;

    private final RankConfig config;
    private final KvCache cache;
    private final HitRate hits = new HitRate();
    private final List<Sequence> running = new ArrayList<>();
    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    private boolean underWay;
    private long preemptions;
    private long steps;

    Rank(RankConfig config) {
        this.config = config;
        this.cache = new KvCache(config);
    }

    KvCache cache() {
        return cache;
    }

    HitRate hits() {
        return hits;
    }

    int running() {
        return running.size();
    }

    int waiting() {
        return waiting.size();
    }

    long preemptions() {
        return preemptions;
    }

    long steps() {
        return steps;
    }

    /** Whether a step was begun and is not complete. */
    boolean isUnderWay() {
        return underWay;
    }

    /** Whether no step is under way, and sequences wait for their readers, who do not tell the rank. */
    boolean isStalled() {
        if (underWay) return false;
        return running.stream().anyMatch(sequence -> sequence.paused)
                || waiting.stream().anyMatch(sequence -> sequence.paused);
    }

    /** @throws IllegalArgumentException for a sequence that would not fit if it had all blocks */
    void add(Sequence sequence) {
        int needed = config.blocksFor(sequence.largest());
        if (needed > config.blocks())
            throw new IllegalArgumentException(
                    "a sequence of %d blocks, expected at most the %d there are".formatted(needed, config.blocks()));
        sequence.state = State.WAITING;
        waiting.add(sequence);
    }

    /** Begins a step. @return how long it takes, or {@link #IDLE} when there is nothing to compute */
    long begin() {
        if (underWay) throw new IllegalStateException("the step before is under way");
        int budget = config.maxNumBatchedTokens();
        for (var sequence : running) sequence.paused = !sequence.output().isReady();
        boolean preempted = false;
        for (int i = 0; i < running.size() && budget > 0; i++) {
            var sequence = running.get(i);
            if (sequence.paused || sequence.state != State.RUNNING) continue;
            int tokens = Math.min(sequence.pending(), budget);
            while (sequence.state == State.RUNNING && !cache.grow(sequence, sequence.computed + tokens)) {
                preempt(victim());
                preempted = true;
            }
            if (sequence.state != State.RUNNING) continue;
            sequence.scheduled = tokens;
            budget -= tokens;
        }
        if (preempted) running.removeIf(sequence -> sequence.state != State.RUNNING);
        else letIn(budget);
        cache.publishEvictions();
        return duration();
    }

    private void letIn(int budget) {
        int left = budget;
        var candidates = waiting.iterator();
        while (left > 0 && running.size() < config.maxNumSeqs() && candidates.hasNext()) {
            var sequence = candidates.next();
            sequence.paused = !sequence.output().isReady();
            if (sequence.paused) continue;
            boolean first = !sequence.admittedOnce;
            int remote = first && sequence.transfer().way() == Transfer.Way.IN ? sequence.promptTokens() - 1 : 0;
            if (!cache.begin(sequence, remote, left)) return;
            if (first) hits.add(sequence.promptTokens(), sequence.cachedTokens);
            candidates.remove();
            sequence.state = State.RUNNING;
            running.add(sequence);
            left -= sequence.scheduled;
        }
    }

    private long duration() {
        int prefillTokens = 0;
        int decoding = 0;
        for (var sequence : running) {
            boolean decodes = sequence.scheduled == 1
                    && sequence.computed >= sequence.promptTokens() - 1
                    && (sequence.emitted > 0 || sequence.transfer().way() == Transfer.Way.IN);
            if (decodes) decoding++;
            else prefillTokens += sequence.scheduled;
        }
        if (prefillTokens + decoding == 0) return IDLE;
        underWay = true;
        steps++;
        return config.timing().stepNanos(prefillTokens, decoding);
    }

    /** The youngest of those whose readers are behind, else the youngest. */
    private Sequence victim() {
        Sequence youngest = null;
        for (var sequence : running.reversed()) {
            if (sequence.state != State.RUNNING || sequence.scheduled > 0) continue;
            if (sequence.paused) return sequence;
            if (youngest == null) youngest = sequence;
        }
        if (youngest == null) throw new IllegalStateException("no sequence to preempt, and too few blocks");
        return youngest;
    }

    private void preempt(Sequence sequence) {
        sequence.releaseBlocks(cache.pool());
        sequence.state = State.WAITING;
        waiting.addFirst(sequence);
        preemptions++;
    }

    /**
     * Ends the step that is under way: its tokens go out.
     *
     * @param ended takes the sequences that are complete, their blocks still in use, to let go of
     */
    void complete(List<Sequence> ended) {
        underWay = false;
        for (var sequence : running) {
            if (sequence.scheduled == 0) continue;
            sequence.computed += sequence.scheduled;
            sequence.scheduled = 0;
            cache.cacheFullBlocks(sequence);
            if (sequence.state == State.CANCELLED) {
                release(sequence);
                continue;
            }
            if (sequence.pending() == 0 && !sequence.isComplete())
                sequence.output().token(sequence.emit());
            if (!sequence.isComplete()) continue;
            sequence.state = State.ENDED;
            ended.add(sequence);
        }
        running.removeIf(Sequence::isEnded);
    }

    void release(Sequence sequence) {
        sequence.releaseBlocks(cache.pool());
    }

    /** Ends a sequence now. Blocks that the step under way writes to are free when it is complete. */
    void cancel(Sequence sequence) {
        switch (sequence.state) {
            case NEW -> sequence.state = State.ENDED;
            case WAITING -> {
                waiting.remove(sequence);
                sequence.state = State.ENDED;
            }
            case RUNNING -> {
                if (sequence.scheduled > 0) {
                    sequence.state = State.CANCELLED;
                    break;
                }
                sequence.state = State.ENDED;
                running.remove(sequence);
                release(sequence);
            }
            case CANCELLED, ENDED -> {}
        }
    }

    /** Loses everything: what was cached, the step under way, and all sequences. Returns those that had not ended. */
    List<Sequence> crash() {
        var lost = new ArrayList<Sequence>();
        running.forEach(this::release);
        for (var sequence : running) if (sequence.state == State.RUNNING) lost.add(sequence);
        lost.addAll(waiting);
        for (var sequence : lost) sequence.state = State.ENDED;
        running.clear();
        waiting.clear();
        underWay = false;
        clearCache();
        return lost;
    }

    /** Forgets what is cached. What runs goes on, and its blocks are cached again with the next one that is full. */
    void clearCache() {
        cache.clear();
        for (var sequence : running) sequence.cachedBlocks = 0;
    }
}
