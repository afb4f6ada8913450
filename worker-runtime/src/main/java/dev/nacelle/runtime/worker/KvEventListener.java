package dev.nacelle.runtime.worker;

import dev.nacelle.spi.request.TokenIds;
import java.util.OptionalLong;

/**
 * Hears what the prefix caches of this process's workers hold. Called on the engines' threads, in order for each rank:
 * must be quick. Arrays are the listener's to keep.
 */
public interface KvEventListener {
    /** Nobody listens. */
    KvEventListener NONE = new KvEventListener() {
        @Override
        public void stored(KvEventId id, long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize) {}

        @Override
        public void removed(KvEventId id, long[] blockHashes) {}

        @Override
        public void cleared(KvEventId id) {}
    };

    /** Blocks were stored; as in {@link dev.nacelle.spi.kv.KvEventPublisher#stored}. */
    void stored(KvEventId id, long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize);

    void removed(KvEventId id, long[] blockHashes);

    void cleared(KvEventId id);

    /**
     * Which event of whom.
     *
     * @param number consecutive for each worker and rank, from 0: a listener that sees a gap has missed something
     */
    record KvEventId(long workerId, int dpRank, long number) {}
}
