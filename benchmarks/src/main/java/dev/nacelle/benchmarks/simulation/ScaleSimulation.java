package dev.nacelle.benchmarks.simulation;

import dev.nacelle.examples.simulated.core.RankConfig;
import dev.nacelle.examples.simulated.core.Timing;
import dev.nacelle.routing.PoolOptions;
import dev.nacelle.routing.RoutingMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The same load per worker on ever more workers, up to 10 000: what routing by cache is worth then, what it costs the
 * router, and from where on one router is not enough. Engines are simulated, routers are real, and so is the time that they
 * take; the queue before them is simulated with those times. Writes the tables of docs/scale.md.
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

    public static void main(String... arguments) throws IOException {
        var page = new Page(Path.of(arguments[0]).resolve("scale.md"));
        int most = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
        if (most < 100) throw new IllegalArgumentException("up to %d workers, expected at least 100".formatted(most));
        var table = new Table(
                "workers",
                "mode",
                "routers",
                "TTFT mean",
                "hit rate",
                "decision, median",
                "block event, median",
                "index",
                "bytes a block");
        var decisions = new TreeMap<Integer, Double>();
        double blockMicros = 0;
        for (int workers = 10; workers <= most; workers *= 10) {
            row(table, workers, RoutingMode.ROUND_ROBIN, 1);
            var one = row(table, workers, RoutingMode.KV, 1);
            decisions.put(workers, one.decisionMicros());
            blockMicros = one.blockEventMicros();
            if (workers > WORKERS_PER_CELL) row(table, workers, RoutingMode.KV, workers / WORKERS_PER_CELL);
        }
        page.write("events", table.toString());
        page.write("queues", queues(decisions, blockMicros));
    }

    private static Outcome row(Table table, int workers, RoutingMode mode, int cells) {
        // Four applications per worker, each with a system prompt of its own; a conversation's turns are 3 s apart.
        var chat = new ChatWorkload(4 * workers, 2_000, 5, 150, 50, 3);
        var turns = chat.generate(SEED, CONVERSATIONS_PER_WORKER_SECOND * workers, SECONDS);
        var options = PoolOptions.DEFAULT.withMode(mode);
        var outcome = Cluster.run(workers, WORKER, options, cells, SEED, turns, WARM_UP_SECONDS);
        boolean indexed = outcome.indexedBlocks() > 0;
        table.row(
                "%,d".formatted(workers),
                "`%s`".formatted(RoutingComparison.name(mode)),
                Integer.toString(cells),
                "%.1f ms".formatted(outcome.meanTtftMillis()),
                "%.3f".formatted(outcome.hitRate()),
                "%.0f µs".formatted(outcome.decisionMicros()),
                indexed ? "%.2f µs".formatted(outcome.blockEventMicros()) : "",
                indexed ? "%d MB".formatted(outcome.indexBytes() >> 20) : "",
                indexed ? Long.toString(outcome.indexBytes() / outcome.indexedBlocks()) : "");
        System.err.printf("%,d workers, %s, %d routers: done%n", workers, RoutingComparison.name(mode), cells);
        return outcome;
    }

    private static String queues(NavigableMap<Integer, Double> decisions, double blockMicros) {
        var largest = Objects.requireNonNull(decisions.lastEntry());
        var smaller = Objects.requireNonNull(decisions.lowerEntry(largest.getKey()));
        double perWorker = Math.max(0, largest.getValue() - smaller.getValue()) / (largest.getKey() - smaller.getKey());
        double fixed = Math.max(0, smaller.getValue() - smaller.getKey() * perWorker);
        var table = new Table("workers", "one router", "four, each with all events", "cells of " + WORKERS_PER_CELL);
        for (int workers : new int[] {500, 1_000, 2_000, 3_000, 5_000, 10_000}) {
            double micros = fixed + perWorker * workers;
            double cellMicros = fixed + perWorker * WORKERS_PER_CELL;
            table.row(
                    "%,d".formatted(workers),
                    shown(queue(workers, workers, micros, blockMicros)),
                    shown(queue(workers / 4.0, workers, micros, blockMicros)),
                    shown(queue(WORKERS_PER_CELL, WORKERS_PER_CELL, cellMicros, blockMicros)));
        }
        return """
                A decision took %.1f µs and %.4f µs for each worker, a block event %.2f µs; a worker brings %.1f requests and %.0f block events a second:

                """.formatted(
                                fixed,
                                perWorker,
                                blockMicros,
                                REQUESTS_PER_WORKER_SECOND,
                                REQUESTS_PER_WORKER_SECOND * BLOCKS_PER_REQUEST)
                + table;
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
