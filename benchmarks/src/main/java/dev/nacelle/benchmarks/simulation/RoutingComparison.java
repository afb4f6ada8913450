package dev.nacelle.benchmarks.simulation;

import dev.nacelle.benchmarks.simulation.ChatWorkload.Turn;
import dev.nacelle.benchmarks.simulation.Plot.Line;
import dev.nacelle.benchmarks.simulation.Plot.Point;
import dev.nacelle.examples.simulated.core.RankConfig;
import dev.nacelle.examples.simulated.core.Timing;
import dev.nacelle.routing.PoolOptions;
import dev.nacelle.routing.RoutingMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The ways to route, on the same conversations and the same eight workers, at several loads. Loads are shares of the one
 * that saturates round robin; the one at which they are compared is 0.7. Prints a table and the targets, and writes the
 * plot of docs/scale.md. Exit code 1 when a target is missed.
 */
public final class RoutingComparison {
    private static final int WORKERS = 8;
    private static final long SEED = 7;
    private static final double SECONDS = 300;
    private static final double WARM_UP_SECONDS = 100;
    private static final double COMPARED_AT = 0.7;
    private static final double[] WEIGHTS = {1, 4, 16, 64};
    private static final double[] LOADS = {0.3, 0.5, COMPARED_AT, 0.85, 1.0, 1.15};

    /** 256 applications, each with a system prompt of its own; together too much for one worker's cache, not for eight. */
    private static final ChatWorkload CHAT = new ChatWorkload(256, 2_000, 5, 150, 150, 15);
    /** 262 144 tokens of cache, 20 000 prompt tokens a second: a model of 8 billion parameters on a card of 80 GB. */
    private static final RankConfig WORKER =
            new RankConfig(16_384, 16, 256, 2_048, true, 0, new Timing(50, 8_000, 100));

    private RoutingComparison() {}

    public static void main(String... arguments) throws IOException {
        double saturation = saturation();
        System.out.printf(
                "%d workers, seed %d: round robin keeps up with %.2f new conversations a second (%.1f requests)%n%n",
                WORKERS, SEED, saturation, saturation * CHAT.turns());
        Map<RoutingMode, Outcome> compared = new EnumMap<>(RoutingMode.class);
        List<Line> ttft = new ArrayList<>();
        List<Line> hits = new ArrayList<>();
        for (var mode : RoutingMode.values()) {
            var times = new ArrayList<Point>();
            var rates = new ArrayList<Point>();
            for (double load : LOADS) {
                var outcome = run(mode, load * saturation);
                if (load == COMPARED_AT) compared.put(mode, outcome);
                if (outcome.keptUp()) times.add(new Point(load, outcome.meanTtftMillis()));
                rates.add(new Point(load, outcome.hitRate()));
            }
            ttft.add(new Line(name(mode), times));
            hits.add(new Line(name(mode), rates));
        }
        table(compared);
        weights(saturation);
        if (arguments.length > 0) Files.writeString(Path.of(arguments[0]), Plot.svg(ttft, hits, COMPARED_AT));
        if (!targets(compared)) System.exit(1);
    }

    private static Outcome run(RoutingMode mode, double conversationsPerSecond) {
        var turns = CHAT.generate(SEED, conversationsPerSecond, SECONDS);
        return run(PoolOptions.DEFAULT.withMode(mode), turns);
    }

    private static Outcome run(PoolOptions options, List<Turn> turns) {
        return Cluster.run(WORKERS, WORKER, options, 1, SEED, turns, WARM_UP_SECONDS);
    }

    /** What {@code overlap_weight} does. */
    private static void weights(double saturation) {
        System.out.printf(
                "kv by overlap_weight%n%n%-14s %10s %10s %10s %9s%n",
                "weight", "TTFT mean", "p99", "ITL mean", "hit rate");
        var turns = CHAT.generate(SEED, COMPARED_AT * saturation, SECONDS);
        for (double weight : WEIGHTS) {
            var outcome = run(weighted(weight), turns);
            System.out.printf(
                    "%-14.0f %7.1f ms %7.1f ms %7.2f ms %9.3f%n",
                    weight,
                    outcome.meanTtftMillis(),
                    outcome.ttftMillis(0.99),
                    outcome.meanGapMillis(),
                    outcome.hitRate());
        }
        System.out.println();
    }

    private static PoolOptions weighted(double weight) {
        var options = PoolOptions.DEFAULT;
        return new PoolOptions(
                options.mode(),
                weight,
                options.temperature(),
                options.saturation(),
                options.indexBytes(),
                options.predictionAge());
    }

    /** The highest rate with which round robin keeps up, to one part in a hundred. */
    private static double saturation() {
        double low = 1;
        double high = 2;
        for (; run(RoutingMode.ROUND_ROBIN, high).keptUp(); high *= 2) low = high;
        while (high / low > 1.01) {
            double middle = Math.sqrt(low * high);
            if (run(RoutingMode.ROUND_ROBIN, middle).keptUp()) low = middle;
            else high = middle;
        }
        return low;
    }

    private static void table(Map<RoutingMode, Outcome> compared) {
        System.out.printf(
                "at %.1f of that%n%n%-14s %9s %10s %10s %10s %10s %9s%n",
                COMPARED_AT, "mode", "requests", "TTFT mean", "p50", "p99", "ITL mean", "hit rate");
        compared.forEach((mode, outcome) -> System.out.printf(
                "%-14s %9d %7.1f ms %7.1f ms %7.1f ms %7.2f ms %9.3f%n",
                name(mode),
                outcome.requests(),
                outcome.meanTtftMillis(),
                outcome.ttftMillis(0.5),
                outcome.ttftMillis(0.99),
                outcome.meanGapMillis(),
                outcome.hitRate()));
        System.out.println();
    }

    private static boolean targets(Map<RoutingMode, Outcome> compared) {
        var turns = compared.get(RoutingMode.ROUND_ROBIN);
        var events = compared.get(RoutingMode.KV);
        var predictions = compared.get(RoutingMode.KV_APPROX);
        if (turns == null || events == null || predictions == null)
            throw new IllegalStateException("a mode is missing");
        double faster = turns.meanTtftMillis() / events.meanTtftMillis();
        double more = events.hitRate() / turns.hitRate();
        double off = Math.abs(predictions.meanTtftMillis() / events.meanTtftMillis() - 1);
        boolean fasterMet = target(
                "kv against round_robin: mean TTFT", "%.1f times lower".formatted(faster), "at least 3", faster >= 3);
        boolean moreMet = target(
                "kv against round_robin: hit rate", "%.1f times as high".formatted(more), "at least 2", more >= 2);
        boolean offMet = target(
                "kv_approx against kv: mean TTFT", "%.0f %% off".formatted(100 * off), "at most 20 %", off <= 0.2);
        return fasterMet && moreMet && offMet;
    }

    private static boolean target(String what, String measured, String target, boolean met) {
        System.out.printf("%-36s %-20s target: %-12s %s%n", what, measured, target, met ? "met" : "MISSED");
        return met;
    }

    static String name(RoutingMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
