package dev.nacelle.routing;

import dev.nacelle.routing.Placement.Reason;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses one of several candidates. For one thread. */
final class Chooser {
    /** What is within a block of the cheapest is as cheap: estimates are no better than that. */
    private static final double TIE_BLOCKS = 1;

    private final RandomGenerator random;
    private double[] costs = new double[64];
    private int turn;

    /** A choice. */
    record Choice(Rank rank, Reason reason, double cost) {}

    Chooser(RandomGenerator random) {
        this.random = random;
    }

    /** The next after the last in turn. */
    Choice inTurn(Candidates candidates) {
        return new Choice(candidates.get(Math.floorMod(turn++, candidates.size())), Reason.TURN, 0);
    }

    Choice byChance(Candidates candidates) {
        return new Choice(candidates.get(random.nextInt(candidates.size())), Reason.CHANCE, 0);
    }

    Choice lessLoaded(Candidates candidates) {
        var one = candidates.get(random.nextInt(candidates.size()));
        if (candidates.size() == 1) return new Choice(one, Reason.LESS_LOADED, 0);
        var other = candidates.get(random.nextInt(candidates.size() - 1));
        if (other == one) other = candidates.get(candidates.size() - 1);
        return new Choice(isBusier(one, other) ? other : one, Reason.LESS_LOADED, 0);
    }

    private static boolean isBusier(Rank one, Rank other) {
        if (one.inFlight != other.inFlight) return one.inFlight > other.inFlight;
        if (one.prefillTokens != other.prefillTokens) return one.prefillTokens > other.prefillTokens;
        // Other routers may send there what this one does not see: then the engines' word is all there is.
        return one.reportedUsage() > other.reportedUsage();
    }

    /** The cost of a placement, in blocks: those to prefill, weighed, and those that are in use. */
    private static double cost(Rank rank, int promptTokens, int cachedBlocks, int blockSize, double tokenWeight) {
        return (promptTokens - cachedBlocks * blockSize + rank.prefillTokens) * tokenWeight + rank.blocks;
    }

    /**
     * By cost.
     *
     * @param depths cached blocks by slot
     * @param session the rank of the session's last request
     */
    Choice byCost(
            Candidates candidates,
            int promptTokens,
            int[] depths,
            int blockSize,
            double overlapWeight,
            double temperature,
            @Nullable Rank session) {
        int count = candidates.size();
        if (costs.length < count) costs = new double[count * 2];
        double tokenWeight = overlapWeight / blockSize;
        double lowest = Double.POSITIVE_INFINITY;
        double highest = 0;
        for (int i = 0; i < count; i++) {
            var rank = candidates.get(i);
            double cost = cost(rank, promptTokens, depths[rank.slot], blockSize, tokenWeight);
            costs[i] = cost;
            lowest = Math.min(lowest, cost);
            highest = Math.max(highest, cost);
        }
        if (temperature > 0) return sampled(candidates, lowest, highest, temperature);
        return cheapest(candidates, lowest, session);
    }

    /** Among equals the session's, else by chance, so that several routers do not all choose the same. */
    private Choice cheapest(Candidates candidates, double lowest, @Nullable Rank session) {
        int equals = 0;
        int chosen = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i) == session && costs[i] <= lowest + TIE_BLOCKS)
                return new Choice(session, Reason.SESSION, costs[i]);
            if (costs[i] == lowest && random.nextInt(++equals) == 0) chosen = i;
        }
        return new Choice(candidates.get(chosen), Reason.LOWEST_COST, lowest);
    }

    /** With chances in proportion to {@code exp(-cost / temperature)}, costs scaled to 0…1 over the candidates. */
    private Choice sampled(Candidates candidates, double lowest, double highest, double temperature) {
        double range = Math.max(highest - lowest, Double.MIN_NORMAL);
        double total = 0;
        for (int i = 0; i < candidates.size(); i++) total += Math.exp(-(costs[i] - lowest) / range / temperature);
        double point = random.nextDouble() * total;
        int last = candidates.size() - 1;
        for (int i = 0; i < last; i++) {
            point -= Math.exp(-(costs[i] - lowest) / range / temperature);
            if (point < 0) return new Choice(candidates.get(i), Reason.SAMPLED, costs[i]);
        }
        return new Choice(candidates.get(last), Reason.SAMPLED, costs[last]);
    }
}
