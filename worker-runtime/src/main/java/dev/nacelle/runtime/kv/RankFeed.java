package dev.nacelle.runtime.kv;

import dev.nacelle.spi.metrics.ComponentSnapshot;
import java.util.Optional;

/** News of the ranks that this process sees. Beside the plane: a plane need not carry any. Safe from any thread. */
public interface RankFeed {
    /** Reports all news until closed. */
    Watch watch(Listener listener);

    /** What a rank holds, from the mirror that its host keeps; empty for one that has no events, or left. */
    Optional<RankBlocks> blocks(RankId rank);

    /** Hears the news, on the engines' threads: must be quick, and never block. */
    interface Listener {
        /**
         * A rank's cache changed. In order for each rank.
         *
         * @param number consecutive for each rank, from 0: who sees a gap has missed something, and asks for
         *     {@link RankFeed#blocks}
         */
        void cacheChanged(RankId rank, long number, KvEvent event);

        /** How busy a rank is, by its engine's own account. Must not allocate. */
        void loadChanged(long workerId, int dpRank, ComponentSnapshot snapshot);
    }

    /** An ongoing observation; closing is idempotent. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
