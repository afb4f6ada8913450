package dev.nacelle.benchmarks.simulation;

import dev.nacelle.benchmarks.simulation.ChatWorkload.Turn;
import dev.nacelle.examples.simulated.core.BlockHash;
import dev.nacelle.examples.simulated.core.RankConfig;
import dev.nacelle.examples.simulated.core.Sequence;
import dev.nacelle.examples.simulated.core.SimulatedWorker;
import dev.nacelle.examples.simulated.core.Timeline;
import dev.nacelle.routing.BlockHasher;
import dev.nacelle.routing.Booking;
import dev.nacelle.routing.Placement;
import dev.nacelle.routing.Pool;
import dev.nacelle.routing.PoolOptions;
import dev.nacelle.routing.Rank;
import dev.nacelle.routing.RouteRequest;
import dev.nacelle.routing.RoutingMode;
import dev.nacelle.routing.Worker;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.request.TokenIds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Routers and their simulated workers on one timeline, a workload long. Events reach the router a little later. With
 * several cells each has a router and an equal part of the workers, and a prompt's beginning says which cell gets it.
 */
final class Cluster {
    private static final long EVENT_DELAY_NANOS = 1_000_000;
    /** Tokens that say which cell: a system prompt's are all one needs to see. */
    private static final int CELL_TOKENS = 256;

    private final Timeline timeline = new Timeline();
    private final List<Pool> cells;
    private final Map<Rank, SimulatedWorker> engines = new HashMap<>();
    private final Outcome outcome;

    private Cluster(int workers, RankConfig config, PoolOptions options, int cells, long seed, Outcome outcome) {
        this.outcome = outcome;
        this.cells = IntStream.range(0, cells)
                .mapToObj(cell -> new Pool(
                        new BlockHasher(config.blockSize(), BlockHasher.DEFAULT_SEED),
                        options,
                        timeline::nowNanos,
                        new SplittableRandom(seed + cell)))
                .toList();
        for (int i = 0; i < workers; i++) join(this.cells.get(i % cells), i, config);
    }

    /** @param fromSeconds what comes before is a warm-up, and not measured */
    static Outcome run(
            int workers,
            RankConfig config,
            PoolOptions options,
            int cells,
            long seed,
            List<Turn> turns,
            double fromSeconds) {
        long lastArrival = turns.isEmpty() ? 0 : turns.getLast().nanos;
        var outcome = new Outcome((long) (fromSeconds * 1e9), lastArrival);
        var cluster = new Cluster(workers, config, options, cells, seed, outcome);
        for (var turn : turns) cluster.timeline.at(turn.nanos, () -> cluster.arrive(turn));
        cluster.timeline.run();
        for (var cell : cluster.cells) outcome.index(cell.index().stats());
        return outcome;
    }

    private void join(Pool pool, int id, RankConfig config) {
        var engine = new SimulatedWorker(timeline, 1, config);
        var worker = pool.join(new Worker.Spec(id, 0, 1, config.blocks(), config.maxNumBatchedTokens(), () -> true));
        var rank = worker.ranks().getFirst();
        engines.put(rank, engine);
        engines.put(worker.whole(), engine);
        if (pool.options().mode() == RoutingMode.KV) engine.publishEvents(0, new Events(pool, rank));
    }

    private Pool cell(int[] prompt) {
        if (cells.size() == 1) return cells.getFirst();
        long hash = BlockHash.next(0, prompt, 0, Math.min(prompt.length, CELL_TOKENS));
        return cells.get((int) Long.remainderUnsigned(hash, cells.size()));
    }

    private void arrive(Turn turn) {
        var prompt = turn.prompt();
        var pool = cell(prompt);
        var request = RouteRequest.of(prompt);
        long start = System.nanoTime(); // the decision is real work, and takes real time
        var placement = pool.place(request);
        outcome.decision(turn.nanos, System.nanoTime() - start);
        switch (placement) {
            case Placement.Placed placed -> {
                var engine = engines.get(placed.rank());
                if (engine == null) throw new IllegalStateException("%s is nobody's".formatted(placed.rank()));
                engine.submit(0, new Request(turn, prompt, placed.booking()).sequence);
            }
            case Placement.Saturated _, Placement.NobodyReady _ ->
                throw new IllegalStateException("no worker for a request that does not wait");
        }
    }

    /** One request in an engine, booked by the router. */
    private final class Request implements Sequence.Output {
        private final Turn turn;
        private final Booking booking;
        private final int[] answer;
        private final Sequence sequence;
        private long firstNanos;

        Request(Turn turn, int[] prompt, Booking booking) {
            this.turn = turn;
            this.booking = booking;
            this.answer = turn.answer();
            this.sequence = Sequence.aggregated(prompt, answer, this);
        }

        @Override
        public void token(int id) {
            booking.generated(1);
            if (sequence.emittedTokens() > 1) return;
            firstNanos = timeline.nowNanos();
            booking.firstToken();
        }

        @Override
        public void ended(Sequence.End end) {
            booking.close(answer);
            outcome.request(turn.nanos, firstNanos, timeline.nowNanos(), sequence);
        }
    }

    /** A rank's events on their way to the router. */
    private final class Events implements KvEventPublisher {
        private final Pool pool;
        private final Rank rank;

        Events(Pool pool, Rank rank) {
            this.pool = pool;
            this.rank = rank;
        }

        @Override
        public void stored(long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize) {
            later(blockHashes.length, () -> pool.stored(rank, blockHashes, parentHash, tokens.toArray()));
        }

        @Override
        public void removed(long... blockHashes) {
            later(blockHashes.length, () -> pool.removed(rank, blockHashes));
        }

        @Override
        public void cleared() {
            later(0, () -> pool.cleared(rank));
        }

        private void later(int blocks, Runnable action) {
            timeline.after(EVENT_DELAY_NANOS, () -> {
                long start = System.nanoTime();
                action.run();
                outcome.events(blocks, System.nanoTime() - start);
            });
        }
    }
}
