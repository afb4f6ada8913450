package dev.nacelle.runtime.kv;

/** A data-parallel rank of a worker. */
public record RankId(long workerId, int dpRank) {
    @Override
    public String toString() {
        return "%x/%d".formatted(workerId, dpRank);
    }
}
