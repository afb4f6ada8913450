package dev.nacelle.runtime.kv;

import dev.nacelle.runtime.metrics.LoadListener;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.request.TokenIds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workers and routers in one process: a list of listeners, and method calls. */
public final class LocalRankFeed implements RankFeed {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRankFeed.class);

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Map<RankId, RankMirror> mirrors = new ConcurrentHashMap<>();

    @Override
    public Watch watch(Listener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public Optional<RankBlocks> blocks(RankId rank) {
        return Optional.ofNullable(mirrors.get(rank)).map(RankMirror::picture);
    }

    /** A worker's side of the feed. */
    public Source source(long workerId) {
        return new Source(workerId);
    }

    /** Where one worker's news come in, until closed. */
    public final class Source implements AutoCloseable {
        private final long workerId;
        private final Map<Integer, RankPublisher> ranks = new ConcurrentHashMap<>();
        private volatile boolean closed;

        private Source(long workerId) {
            this.workerId = workerId;
        }

        /** Where the snapshots go that the worker's gauges took. */
        public LoadListener load() {
            return (dpRank, snapshot) -> {
                if (closed) return;
                for (var listener : listeners) listener.loadChanged(workerId, dpRank, snapshot);
            };
        }

        /** Where a rank's events come in; once for each rank. */
        public KvEventPublisher publisher(int dpRank) {
            var rank = new RankId(workerId, dpRank);
            var mirror = new RankMirror(RankMirror.BLOCKS_MAX);
            mirrors.put(rank, mirror);
            var publisher = new RankPublisher(this, rank, mirror);
            ranks.put(dpRank, publisher);
            return publisher;
        }

        /**
         * A fault to test routers with: while it lasts, a rank's events are numbered and mirrored, and nobody hears them.
         * Does nothing for a rank without events.
         */
        public void lose(int dpRank, boolean on) {
            var publisher = ranks.get(dpRank);
            if (publisher != null) publisher.losing = on;
        }

        /** The ranks with events, and whether those are being lost. */
        public SortedMap<Integer, Boolean> losing() {
            var losing = new TreeMap<Integer, Boolean>();
            ranks.forEach((dpRank, publisher) -> losing.put(dpRank, publisher.losing));
            return losing;
        }

        /** What is published from now on goes nowhere, and what the worker's ranks held is forgotten. */
        @Override
        public void close() {
            closed = true;
            ranks.values().forEach(publisher -> mirrors.remove(publisher.rank));
        }
    }

    private final class RankPublisher implements KvEventPublisher {
        private final Source source;
        private final RankId rank;
        private final RankMirror mirror;
        private volatile boolean losing;

        RankPublisher(Source source, RankId rank, RankMirror mirror) {
            this.source = source;
            this.rank = rank;
            this.mirror = mirror;
        }

        @Override
        public void stored(long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize) {
            if (blockSize < 1 || tokens.size() != (long) blockHashes.length * blockSize)
                throw new IllegalArgumentException("%d blocks of %d tokens with %d tokens, expected %d"
                        .formatted(
                                blockHashes.length, blockSize, tokens.size(), (long) blockHashes.length * blockSize));
            if (blockHashes.length > 0) publish(new KvEvent.Stored(blockHashes.clone(), parentHash, tokens, blockSize));
        }

        @Override
        public void removed(long... blockHashes) {
            if (blockHashes.length > 0) publish(new KvEvent.Removed(blockHashes.clone()));
        }

        @Override
        public void cleared() {
            publish(new KvEvent.Cleared());
        }

        private void publish(KvEvent event) {
            if (source.closed) return;
            long number = mirror.apply(event);
            if (losing) return;
            for (var listener : listeners) {
                try {
                    listener.cacheChanged(rank, number, event);
                } catch (RuntimeException e) {
                    LOG.error("rank {}: a listener failed to take event {}", rank, number, e); // it sees the gap later
                }
            }
        }
    }
}
