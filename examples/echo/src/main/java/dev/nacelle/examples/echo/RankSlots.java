package dev.nacelle.examples.echo;

import dev.nacelle.spi.error.EngineError.Overloaded;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.SnapshotPublisher;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How many streams each data-parallel rank may run and does run. A stream takes one slot; having no KV cache, echo
 * reports slots as its KV blocks. Safe from any thread.
 */
final class RankSlots {
    private final int firstRank;
    private final int perRank;
    private final int[] used; // guarded by this, as is publisher
    private @Nullable SnapshotPublisher publisher;

    RankSlots(int firstRank, int ranks, int perRank) {
        this.firstRank = firstRank;
        this.perRank = perRank;
        this.used = new int[ranks];
    }

    List<Integer> ranks() {
        return IntStream.range(firstRank, firstRank + used.length).boxed().toList();
    }

    /** A slot that a stream has until it closes it; idempotent, from any thread. */
    final class Slot implements AutoCloseable {
        private final int rank;
        private boolean free; // guarded by the slots

        private Slot(int rank) {
            this.rank = rank;
        }

        @Override
        public void close() {
            synchronized (RankSlots.this) {
                if (free) return;
                free = true;
                add(rank, -1);
            }
        }
    }

    /** Takes a slot of the rank that a router chose, else of the least loaded one. */
    synchronized Slot take(OptionalInt chosen) throws EngineException {
        int rank = chosen.orElseGet(this::leastLoaded);
        if (rank < firstRank || rank >= firstRank + used.length)
            throw EngineException.invalid("dp_rank %d, expected %d to %d, which this worker serves"
                    .formatted(rank, firstRank, firstRank + used.length - 1));
        if (used[rank - firstRank] == perRank)
            throw new EngineException(
                    new Overloaded("all %d streams are taken: try again".formatted(perRank), Duration.ofSeconds(1)));
        add(rank, 1);
        return new Slot(rank);
    }

    /** Publishes every rank's load, and from now on each change. */
    synchronized void publishTo(SnapshotPublisher target) {
        publisher = target;
        for (int rank : ranks()) add(rank, 0);
    }

    /** Published while the lock is held, so that an older number never follows a newer one. */
    private void add(int rank, int streams) {
        int now = used[rank - firstRank] += streams;
        var target = publisher;
        if (target != null) target.publish(rank, new ComponentSnapshot(now, perRank));
    }

    private int leastLoaded() {
        int best = 0;
        for (int i = 1; i < used.length; i++) if (used[i] < used[best]) best = i;
        return firstRank + best;
    }
}
