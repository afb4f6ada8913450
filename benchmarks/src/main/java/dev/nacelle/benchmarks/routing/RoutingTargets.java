package dev.nacelle.benchmarks.routing;

import dev.nacelle.routing.BlockHasher;
import dev.nacelle.routing.Placement.Placed;
import dev.nacelle.routing.Pool;
import dev.nacelle.routing.PoolOptions;
import dev.nacelle.routing.Rank;
import dev.nacelle.routing.RouteRequest;
import dev.nacelle.routing.RoutingMode;
import dev.nacelle.routing.Worker;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Measures the router against its targets, a row each: decisions for prompts of 4 096 tokens in blocks of 64, half of them
 * cached, with a million blocks indexed; events a second on one thread; bytes a block and rank.
 */
public final class RoutingTargets {
    private static final int BLOCK = 64;
    private static final int PROMPT_BLOCKS = 64;
    private static final int PROMPTS = 256;
    private static final int INDEXED = 1_000_000;
    private static final int DECISIONS = 40_000;
    private static final int EVENTS = 3_000_000;

    private final SplittableRandom random = new SplittableRandom(1);
    private final List<RouteRequest> prompts = new ArrayList<>();
    private final List<Rank> ranks = new ArrayList<>();
    private final Pool pool;
    private long nextHash = 1;

    private RoutingTargets(int workers, int ranksEach) {
        var options = new PoolOptions(RoutingMode.KV, 1, 0, 0, 4L << 30, PoolOptions.DEFAULT.predictionAge());
        pool = new Pool(
                new BlockHasher(BLOCK, BlockHasher.DEFAULT_SEED), options, System::nanoTime, new SplittableRandom(2));
        for (int i = 0; i < workers; i++)
            ranks.addAll(pool.join(new Worker.Spec(i, 0, ranksEach, 0, 0, () -> true))
                    .ranks());
    }

    public static void main(String[] args) {
        System.out.printf("%-58s %12s %12s%n", "", "measured", "target");
        var small = new RoutingTargets(64, 1);
        small.fill();
        small.decide("64 workers", 40, 200);
        var stats = small.pool.index().stats();
        row("bytes a block and rank, of %,d".formatted(stats.held()), (double) stats.bytes() / stats.held(), 64, "B");
        small.events();
        var large = new RoutingTargets(1000, 8);
        large.fill();
        large.decide("1 000 workers × 8 ranks", 150, 0);
        var largeStats = large.pool.index().stats();
        row(
                "bytes a block and rank, of %,d".formatted(largeStats.held()),
                (double) largeStats.bytes() / largeStats.held(),
                64,
                "B");
    }

    /**
     * Every rank holds the eight blocks of a system prompt, with which every other prompt begins; three hold the first half of
     * each prompt; and what is left of the million is other sequences of 32 blocks.
     */
    private void fill() {
        var system = tokens(8);
        for (int i = 0; i < PROMPTS; i++) {
            var prompt = tokens(PROMPT_BLOCKS);
            if (i % 2 == 0) System.arraycopy(system, 0, prompt, 0, system.length);
            prompts.add(RouteRequest.of(prompt));
            var half = Arrays.copyOf(prompt, prompt.length / 2);
            for (int j = 0; j < 3; j++) store(ranks.get(random.nextInt(ranks.size())), half);
        }
        for (var rank : ranks) store(rank, system);
        while (pool.index().stats().held() < INDEXED) store(ranks.get(random.nextInt(ranks.size())), tokens(32));
    }

    private void store(Rank rank, int[] tokens) {
        var hashes = new long[tokens.length / BLOCK];
        for (int i = 0; i < hashes.length; i++) hashes[i] = nextHash++ * 0x9E37_79B9_7F4A_7C15L;
        pool.stored(rank, hashes, OptionalLong.empty(), tokens);
    }

    private int[] tokens(int blocks) {
        return random.ints((long) blocks * BLOCK, 0, 128_000).toArray();
    }

    /** Places requests one after the other; {@code p99Max} is 0 where there is no target. */
    private void decide(String where, double p50Max, double p99Max) {
        var nanos = new long[DECISIONS];
        // Some requests are always under way, so that the ranks differ in their load.
        var running = new @Nullable Placed[ranks.size() * 2];
        for (int round = 0; round < 2; round++)
            for (int i = 0; i < DECISIONS; i++) {
                var request = prompts.get(i % PROMPTS);
                long start = System.nanoTime();
                var placed = (Placed) pool.place(request);
                nanos[i] = System.nanoTime() - start;
                int at = random.nextInt(running.length);
                var ended = running[at];
                if (ended != null) ended.booking().close();
                running[at] = placed;
            }
        Arrays.sort(nanos);
        row("decision, %s, p50".formatted(where), nanos[DECISIONS / 2] / 1e3, p50Max, "µs");
        double p99 = nanos[DECISIONS / 100 * 99] / 1e3;
        if (p99Max > 0) row("decision, %s, p99".formatted(where), p99, p99Max, "µs");
        else System.out.printf("%-58s %9.1f µs%n", "decision, %s, p99".formatted(where), p99);
    }

    /** Ranks store sequences of eight blocks and remove what they stored a while ago; blocks are counted both times. */
    private void events() {
        var sequences = new ArrayList<int[]>();
        for (int i = 0; i < 512; i++) sequences.add(tokens(8));
        var stored = new ArrayList<long[]>();
        var owners = new ArrayList<Rank>();
        double seconds = 0;
        for (int round = 0; round < 2; round++) {
            // A core's time, and not that of others who use the machine.
            long start = cpuNanos();
            for (int i = 0; i < EVENTS / 16; i++) {
                var tokens = sequences.get(i & 511);
                tokens[0] = i; // a sequence that nobody has
                var hashes = new long[8];
                for (int j = 0; j < 8; j++) hashes[j] = nextHash++;
                var rank = ranks.get(i % ranks.size());
                pool.stored(rank, hashes, OptionalLong.empty(), tokens);
                int at = i & 4095;
                if (stored.size() <= at) {
                    stored.add(hashes);
                    owners.add(rank);
                } else {
                    pool.removed(owners.set(at, rank), stored.set(at, hashes));
                }
            }
            seconds = (cpuNanos() - start) / 1e9;
            for (int i = 0; i < stored.size(); i++) pool.removed(owners.get(i), stored.get(i));
            stored.clear();
            owners.clear();
        }
        double million = EVENTS / seconds / 1e6;
        System.out.printf(
                "%-58s %10.2f M %10.2f M  %s%n",
                "block events a second of one core", million, 1.0, verdict(million >= 1));
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void row(String what, double measured, double most, String unit) {
        System.out.printf(
                "%-58s %9.1f %-2s %9.1f %-2s  %s%n", what, measured, unit, most, unit, verdict(measured <= most));
    }

    private static String verdict(boolean reached) {
        return reached ? "reached" : "MISSED";
    }
}
