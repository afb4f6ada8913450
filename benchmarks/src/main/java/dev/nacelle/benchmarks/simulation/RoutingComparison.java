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
import java.util.Objects;

/**
 * The ways to route, on the same conversations and the same eight workers, at several loads. Loads are shares of the one
 * that saturates round robin; the one at which they are compared is 0.7. Prints the targets, and writes the tables and the
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
        var docs = Path.of(arguments[0]);
        var page = new Page(docs.resolve("scale.md"));
        double saturation = saturation();
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
        page.write("modes", modes(saturation, compared));
        page.write("weights", weights(saturation));
        Files.writeString(docs.resolve("routing-modes.svg"), Plot.svg(ttft, hits, COMPARED_AT));
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
    private static String weights(double saturation) {
        var table = new Table("weight", "TTFT mean", "p99", "between tokens", "hit rate");
        var turns = CHAT.generate(SEED, COMPARED_AT * saturation, SECONDS);
        for (double weight : WEIGHTS) {
            var outcome = run(weighted(weight), turns);
            table.row(
                    "%.0f".formatted(weight),
                    millis(outcome.meanTtftMillis()),
                    millis(outcome.ttftMillis(0.99)),
                    millis(outcome.meanGapMillis()),
                    "%.3f".formatted(outcome.hitRate()));
        }
        return table.toString();
    }

    private static String millis(double value) {
        return "%.1f ms".formatted(value);
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

    private static String modes(double saturation, Map<RoutingMode, Outcome> compared) {
        var table = new Table("mode", "TTFT mean", "p50", "p99", "between tokens", "hit rate");
        compared.forEach((mode, outcome) -> table.row(
                "`%s`".formatted(name(mode)),
                millis(outcome.meanTtftMillis()),
                millis(outcome.ttftMillis(0.5)),
                millis(outcome.ttftMillis(0.99)),
                millis(outcome.meanGapMillis()),
                "%.3f".formatted(outcome.hitRate())));
        return """
                Round robin keeps up with %.1f new conversations a second (%.1f requests). At %.1f of that, %d requests after a warm-up of %.0f s:

                """.formatted(
                                saturation,
                                saturation * CHAT.turns(),
                                COMPARED_AT,
                                of(compared, RoutingMode.KV).requests(),
                                WARM_UP_SECONDS)
                + table
                + """

                The mean time to the first token is %.1f times lower with `kv` than with `round_robin`, and the hit rate %.1f times as high.
                """.formatted(faster(compared), more(compared));
    }

    private static Outcome of(Map<RoutingMode, Outcome> compared, RoutingMode mode) {
        return Objects.requireNonNull(compared.get(mode), mode::name);
    }

    private static double faster(Map<RoutingMode, Outcome> compared) {
        return of(compared, RoutingMode.ROUND_ROBIN).meanTtftMillis()
                / of(compared, RoutingMode.KV).meanTtftMillis();
    }

    private static double more(Map<RoutingMode, Outcome> compared) {
        return of(compared, RoutingMode.KV).hitRate()
                / of(compared, RoutingMode.ROUND_ROBIN).hitRate();
    }

    private static boolean targets(Map<RoutingMode, Outcome> compared) {
        double faster = faster(compared);
        double more = more(compared);
        double off = Math.abs(of(compared, RoutingMode.KV_APPROX).meanTtftMillis()
                        / of(compared, RoutingMode.KV).meanTtftMillis()
                - 1);
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
