package dev.nacelle.benchmarks.simulation;

import dev.nacelle.examples.simulated.core.RankConfig;
import dev.nacelle.examples.simulated.core.Timing;
import dev.nacelle.routing.PoolOptions;
import dev.nacelle.routing.RoutingMode;
import java.util.Map;
import java.util.TreeMap;

/**
 * The same load per worker on ever more workers, up to 10 000: what routing by cache is worth then, what it costs the
 * router, and from where on one router is not enough. Engines are simulated, routers are real, and so is the time that they
 * take; the queue before them is simulated with those times. Prints the tables of docs/scale.md.
 */
public final class ScaleSimulation {
    private static final long SEED = 7;
    private static final double SECONDS = 20;
    private static final double WARM_UP_SECONDS = 8;
    private static final double CONVERSATIONS_PER_WORKER_SECOND = 0.1;
    private static final int WORKERS_PER_CELL = 500;
    /** 65 536 tokens of cache: a quarter of what a card has, so that ten thousand fit into this machine's memory. */
    private static final RankConfig WORKER = new RankConfig(1_024, 64, 256, 2_048, true, 0, new Timing(50, 8_000, 100));

    /** What a worker brings at 0.7 of what saturates round robin, by the comparison of the modes. */
    private static final double REQUESTS_PER_WORKER_SECOND = 4.6;
    /** 336 tokens a request are new, prompt and answer, in blocks of 16; in the long run as many are removed. */
    private static final double BLOCKS_PER_REQUEST = 2 * 336 / 16.0;

    private ScaleSimulation() {}

    public static void main(String... arguments) {
        System.out.printf(
                "%-8s %-12s %6s %11s %9s %13s %14s %9s %12s%n",
                "workers",
                "mode",
                "cells",
                "TTFT mean",
                "hit rate",
                "decision p50",
                "block event",
                "index",
                "B per block");
        var decisions = new TreeMap<Integer, Double>();
        double blockMicros = 0;
        for (int workers : new int[] {10, 100, 1_000, 10_000}) {
            row(workers, RoutingMode.ROUND_ROBIN, 1);
            var one = row(workers, RoutingMode.KV, 1);
            decisions.put(workers, one.decisionMicros());
            blockMicros = one.blockEventMicros();
            if (workers > WORKERS_PER_CELL) row(workers, RoutingMode.KV, workers / WORKERS_PER_CELL);
        }
        queues(decisions, blockMicros);
    }

    private static Outcome row(int workers, RoutingMode mode, int cells) {
        // Four applications per worker, each with a system prompt of its own; a conversation's turns are 3 s apart.
        var chat = new ChatWorkload(4 * workers, 2_000, 5, 150, 50, 3);
        var turns = chat.generate(SEED, CONVERSATIONS_PER_WORKER_SECOND * workers, SECONDS);
        var options = PoolOptions.DEFAULT.withMode(mode);
        var outcome = Cluster.run(workers, WORKER, options, cells, SEED, turns, WARM_UP_SECONDS);
        System.out.printf(
                "%-8d %-12s %6d %8.1f ms %9.3f %10.1f µs %11.2f µs %6d MB %12s%n",
                workers,
                RoutingComparison.name(mode),
                cells,
                outcome.meanTtftMillis(),
                outcome.hitRate(),
                outcome.decisionMicros(),
                outcome.blockEventMicros(),
                outcome.indexBytes() >> 20,
                outcome.indexedBlocks() == 0 ? "-" : Long.toString(outcome.indexBytes() / outcome.indexedBlocks()));
        return outcome;
    }

    private static void queues(Map<Integer, Double> decisions, double blockMicros) {
        double large = decisions.getOrDefault(10_000, 0.0);
        double small = decisions.getOrDefault(1_000, 0.0);
        double perWorker = Math.max(0, large - small) / 9_000;
        double fixed = Math.max(0, small - 1_000 * perWorker);
        System.out.printf(
                "%na decision takes %.1f µs + %.4f µs for each worker, a block event %.2f µs; %.1f requests/s and %.0f block events/s a worker%n%n",
                fixed,
                perWorker,
                blockMicros,
                REQUESTS_PER_WORKER_SECOND,
                REQUESTS_PER_WORKER_SECOND * BLOCKS_PER_REQUEST);
        System.out.printf(
                "%-8s %-26s %-26s %-26s%n",
                "workers", "one router", "four, each with all events", "cells of " + WORKERS_PER_CELL);
        for (int workers : new int[] {500, 1_000, 2_000, 3_000, 5_000, 10_000}) {
            double micros = fixed + perWorker * workers;
            double cellMicros = fixed + perWorker * WORKERS_PER_CELL;
            System.out.printf(
                    "%-8d %-26s %-26s %-26s%n",
                    workers,
                    shown(queue(workers, workers, micros, blockMicros)),
                    shown(queue(workers / 4.0, workers, micros, blockMicros)),
                    shown(queue(WORKERS_PER_CELL, WORKERS_PER_CELL, cellMicros, blockMicros)));
        }
    }

    /**
     * The queue of one router.
     *
     * @param asking how many workers' worth of requests come here
     * @param telling how many workers' events come here
     */
    private static RouterQueue queue(double asking, double telling, double decisionMicros, double blockMicros) {
        return new RouterQueue(
                asking * REQUESTS_PER_WORKER_SECOND,
                decisionMicros,
                telling * REQUESTS_PER_WORKER_SECOND * BLOCKS_PER_REQUEST,
                blockMicros);
    }

    private static String shown(RouterQueue queue) {
        double busy = queue.utilisation();
        return busy >= 1
                ? "%.2f busy: grows for ever".formatted(busy)
                : "%.2f busy, decided in %.0f µs".formatted(busy, queue.meanDelayMicros(SEED));
    }
}
