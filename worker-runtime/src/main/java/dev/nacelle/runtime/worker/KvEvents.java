package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.worker.KvEventListener.KvEventId;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.request.TokenIds;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** The KV-cache events of one worker's ranks, numbered and handed on until closed. */
final class KvEvents implements AutoCloseable {
    private final long workerId;
    private final KvEventListener listener;
    private volatile boolean closed;

    KvEvents(long workerId, KvEventListener listener) {
        this.workerId = workerId;
        this.listener = listener;
    }

    /**
     * Gives each source its publisher.
     *
     * @param startRank the worker's first rank
     * @param size how many it has
     * @throws IllegalArgumentException when a rank is not the worker's, or comes twice
     */
    void attach(List<KvEventSource> sources, int startRank, int size) {
        var ranks = new HashSet<Integer>();
        for (var source : sources) {
            if (source.dpRank() < startRank || source.dpRank() - startRank >= size)
                throw new IllegalArgumentException("a KV-event source for dp_rank %d, expected %d to %d"
                        .formatted(source.dpRank(), startRank, startRank + size - 1));
            if (!ranks.add(source.dpRank()))
                throw new IllegalArgumentException(
                        "two KV-event sources for dp_rank %d, expected one at most".formatted(source.dpRank()));
        }
        sources.forEach(source -> source.onReady().accept(new RankPublisher(source.dpRank())));
    }

    /** What is published from now on goes nowhere. */
    @Override
    public void close() {
        closed = true;
    }

    private final class RankPublisher implements KvEventPublisher {
        private final int dpRank;
        private final AtomicLong next = new AtomicLong();

        RankPublisher(int dpRank) {
            this.dpRank = dpRank;
        }

        @Override
        public void stored(long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize) {
            if (blockSize < 1 || tokens.size() != (long) blockHashes.length * blockSize)
                throw new IllegalArgumentException("%d blocks of %d tokens with %d tokens, expected %d"
                        .formatted(
                                blockHashes.length, blockSize, tokens.size(), (long) blockHashes.length * blockSize));
            if (closed || blockHashes.length == 0) return;
            listener.stored(id(), blockHashes.clone(), parentHash, tokens, blockSize);
        }

        @Override
        public void removed(long... blockHashes) {
            if (closed || blockHashes.length == 0) return;
            listener.removed(id(), blockHashes.clone());
        }

        @Override
        public void cleared() {
            if (!closed) listener.cleared(id());
        }

        private KvEventId id() {
            return new KvEventId(workerId, dpRank, next.getAndIncrement());
        }
    }
}
