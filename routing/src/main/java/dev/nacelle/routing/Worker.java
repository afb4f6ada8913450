package dev.nacelle.routing;

import java.util.List;
import java.util.function.BooleanSupplier;

/** A worker of a pool, and its ranks. */
public final class Worker {
    /**
     * What is known of a worker.
     *
     * @param id unique
     * @param startRank its first rank
     * @param ranks how many it has, at least 1
     * @param blocks KV blocks of each rank; 0 when unknown
     * @param batchTokens tokens that its engine takes in one batch; 0 when unknown
     * @param ready whether it takes requests; must be quick
     */
    public record Spec(long id, int startRank, int ranks, long blocks, long batchTokens, BooleanSupplier ready) {
        public Spec {
            if (ranks < 1) throw new IllegalArgumentException("%d ranks, expected at least 1".formatted(ranks));
        }
    }

    private final Spec spec;
    private final Rank whole;
    private volatile List<Rank> ranks = List.of();
    private Rank[] array = {}; // under the pool's lock

    Worker(Spec spec) {
        this.spec = spec;
        whole = new Rank(this, Rank.WHOLE, -1);
    }

    void ranks(List<Rank> value) {
        ranks = List.copyOf(value);
        array = value.toArray(array);
    }

    public long id() {
        return spec.id();
    }

    public Spec spec() {
        return spec;
    }

    /** In order. */
    public List<Rank> ranks() {
        return ranks;
    }

    /** For where no rank is chosen. */
    public Rank whole() {
        return whole;
    }

    double reportedUsage() {
        double sum = 0;
        for (var rank : array) sum += rank.reportedUsage();
        return sum / array.length;
    }

    void addRanks(Candidates candidates) {
        for (var rank : array) candidates.add(rank);
    }

    boolean isReady() {
        return spec.ready().getAsBoolean();
    }
}
