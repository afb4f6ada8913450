package dev.nacelle.examples.simulated.core;

import dev.nacelle.examples.simulated.core.Sequence.End;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/**
 * A worker with one or more data-parallel ranks, each with blocks and steps of its own, on a timeline:
 *
 * <pre>{@code
 * var timeline = new Timeline();
 * var worker = new SimulatedWorker(timeline, 1, config);
 * worker.publishEvents(0, publisher);
 * timeline.at(arrival, () -> worker.submit(0, Sequence.aggregated(prompt, completion, output)));
 * timeline.run();
 * }</pre>
 *
 * <p>Ranks count from 0 here, whatever number they have in a deployment.
 */
public final class SimulatedWorker {
    private final Timeline timeline;
    private final RankConfig config;
    private final List<RankLoop> loops;
    private ObjIntConsumer<ComponentSnapshot> onSnapshot = (_, _) -> {};

    public SimulatedWorker(Timeline timeline, int ranks, RankConfig config) {
        if (ranks < 1) throw new IllegalArgumentException("ranks %d, expected at least 1".formatted(ranks));
        this.timeline = timeline;
        this.config = config;
        this.loops = IntStream.range(0, ranks).mapToObj(RankLoop::new).toList();
    }

    public int ranks() {
        return loops.size();
    }

    public RankConfig config() {
        return config;
    }

    /** Where the rank's KV events go, from now on. */
    public void publishEvents(int rank, KvEventPublisher publisher) {
        loops.get(rank).rank.cache().publishTo(publisher);
    }

    /** Takes each rank's snapshot now, and whenever it has changed. */
    public void publishSnapshots(ObjIntConsumer<ComponentSnapshot> listener) {
        onSnapshot = listener;
        for (var loop : loops) listener.accept(loop.snapshot(), loop.index);
    }

    /** The rank with the fewest sequences, the first of several. */
    public int leastLoaded() {
        int best = 0;
        for (int i = 1; i < loops.size(); i++) if (sequences(i) < sequences(best)) best = i;
        return best;
    }

    /**
     * Queues a sequence, which takes part from the rank's next step on.
     *
     * @throws IllegalArgumentException for a sequence that would not fit if it had all blocks
     */
    public void submit(int rank, Sequence sequence) {
        loops.get(rank).submit(sequence);
    }

    /** Ends a sequence of that rank as cancelled, at once. Does nothing once it has ended. */
    public void cancel(int rank, Sequence sequence) {
        loops.get(rank).cancel(sequence);
    }

    /** Looks at all ranks again: readers may have caught up. */
    public void wake() {
        loops.forEach(RankLoop::wake);
    }

    /** Whether any sequence waits for its reader: {@link #wake} then, after a while. */
    public boolean isStalled() {
        return loops.stream().anyMatch(loop -> loop.rank.isStalled());
    }

    /** Sequences that run in or wait for the rank; not those whose prompt is on its way. */
    public int sequences(int rank) {
        return running(rank) + waiting(rank);
    }

    public int running(int rank) {
        return loops.get(rank).rank.running();
    }

    public int waiting(int rank) {
        return loops.get(rank).rank.waiting();
    }

    /** Transfers of prompts that are not done yet, in and out. */
    public int transfers(int rank) {
        return loops.get(rank).arriving.size() + loops.get(rank).leaving;
    }

    public ComponentSnapshot snapshot(int rank) {
        return loops.get(rank).snapshot();
    }

    /** Blocks cached under a hash, free ones too. */
    public int cachedBlocks(int rank) {
        return loops.get(rank).rank.cache().pool().cached();
    }

    public HitRate hits(int rank) {
        return loops.get(rank).rank.hits();
    }

    /** How often a sequence gave its blocks up for another one. */
    public long preemptions(int rank) {
        return loops.get(rank).rank.preemptions();
    }

    public long steps(int rank) {
        return loops.get(rank).rank.steps();
    }

    /** Fault: makes each further step take so many times as long. */
    public void slowDown(int rank, double factor) {
        if (!(factor > 0 && factor < Double.POSITIVE_INFINITY))
            throw new IllegalArgumentException("factor %s, expected more than 0".formatted(factor));
        loops.get(rank).slowdown = factor;
    }

    /** Fault: begins no further step, and does not complete the one under way, until called with false. */
    public void hang(int rank, boolean hangs) {
        loops.get(rank).hang(hangs);
    }

    /** Fault: holds so many blocks back; 0 gives them free again. */
    public void withhold(int rank, int blocks) {
        if (blocks < 0) throw new IllegalArgumentException("blocks %d, expected 0 or more".formatted(blocks));
        loops.get(rank).withhold(Math.min(blocks, config.blocks()));
    }

    /** Fault: ends all of the rank's sequences as failed and loses what is cached. It can be used again at once. */
    public void crash(int rank) {
        loops.get(rank).crash();
    }

    /** Forgets what the rank has cached. */
    public void clearCache(int rank) {
        loops.get(rank).clearCache();
    }

    /** One rank on the timeline. */
    private final class RankLoop {
        private final int index;
        private final Rank rank = new Rank(config);
        private final List<Sequence> ended = new ArrayList<>();
        private final Runnable begin = this::begin;
        private ComponentSnapshot published;
        private double slowdown = 1;
        private boolean hangs;
        private boolean beginning;
        private boolean overdue;
        /** Sequences whose prompt is on its way here. */
        private final Set<Sequence> arriving = new LinkedHashSet<>();
        /** Prompts on their way to somebody else. */
        private int leaving;
        /** Counts crashes: the step that one met has its end on the timeline still, which is none any more. */
        private int life;

        RankLoop(int index) {
            this.index = index;
            this.published = snapshot();
        }

        void submit(Sequence sequence) {
            if (sequence.transfer().way() != Transfer.Way.IN) {
                add(sequence);
                return;
            }
            arriving.add(sequence);
            timeline.after(sequence.transfer().nanos(), () -> {
                if (arriving.remove(sequence)) add(sequence);
            });
        }

        private void add(Sequence sequence) {
            rank.add(sequence);
            wake();
        }

        /** Begins a step at this moment, but after whatever else is to happen in it, so that it finds all sequences. */
        void wake() {
            if (beginning || hangs || rank.isUnderWay()) return;
            beginning = true;
            timeline.after(0, begin);
        }

        private void begin() {
            beginning = false;
            if (hangs || rank.isUnderWay()) return;
            long nanos = rank.begin();
            publish();
            if (nanos == Rank.IDLE) return;
            int current = life;
            timeline.after(Math.round(nanos * slowdown), () -> {
                if (current == life) complete();
            });
        }

        private void complete() {
            overdue = hangs;
            if (hangs) return;
            rank.complete(ended);
            for (var sequence : ended) letGo(sequence);
            publish();
            // Blocks are free, and said to be, before anybody hears of the end.
            var heard = List.copyOf(ended);
            ended.clear();
            for (var sequence : heard) sequence.output().ended(End.COMPLETED);
            wake();
        }

        private void letGo(Sequence sequence) {
            if (sequence.transfer().way() != Transfer.Way.OUT) {
                rank.release(sequence);
                return;
            }
            leaving++;
            timeline.after(sequence.transfer().nanos(), () -> {
                leaving--;
                rank.release(sequence);
                publish();
                wake();
            });
        }

        void cancel(Sequence sequence) {
            if (sequence.isEnded()) return;
            arriving.remove(sequence);
            rank.cancel(sequence);
            publish();
            sequence.output().ended(End.CANCELLED);
            wake();
        }

        void hang(boolean value) {
            hangs = value;
            if (hangs) return;
            if (overdue) complete();
            else wake();
        }

        void withhold(int blocks) {
            rank.cache().pool().withhold(blocks);
            publish();
            wake();
        }

        void crash() {
            life++;
            overdue = false;
            var lost = rank.crash();
            for (var sequence : arriving) {
                rank.cancel(sequence);
                lost.add(sequence);
            }
            arriving.clear();
            publish();
            for (var sequence : lost) sequence.output().ended(End.FAILED);
            wake();
        }

        void clearCache() {
            rank.clearCache();
            publish();
        }

        ComponentSnapshot snapshot() {
            var pool = rank.cache().pool();
            return new ComponentSnapshot(
                    pool.used(),
                    pool.total(),
                    (double) pool.used() / pool.total(),
                    rank.hits().isMeasured() ? rank.hits().recent() : ComponentSnapshot.NOT_MEASURED);
        }

        private void publish() {
            var now = snapshot();
            if (now.equals(published)) return;
            published = now;
            onSnapshot.accept(now, index);
        }
    }
}
