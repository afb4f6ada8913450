package dev.nacelle.python;

import dev.nacelle.python.bridge.Events;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.SnapshotPublisher;
import dev.nacelle.spi.request.TokenIds;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the host takes what Python tells it. Outlives a Python that is started again: so the series go on. */
final class Publishers implements Events {
    private final StartContext context;
    private final Consumer<String> died;
    private final Map<Integer, KvEventPublisher> kv = new ConcurrentHashMap<>();
    private volatile @Nullable SnapshotPublisher snapshots;

    Publishers(StartContext context, Consumer<String> died) {
        this.context = context;
        this.died = died;
    }

    HealthReporter health() {
        return context.health();
    }

    void snapshotsGoTo(SnapshotPublisher publisher) {
        snapshots = publisher;
    }

    void kvEventsGoTo(int dpRank, KvEventPublisher publisher) {
        kv.put(dpRank, publisher);
    }

    /** A new Python begins with empty caches. */
    void allCleared() {
        kv.values().forEach(KvEventPublisher::cleared);
    }

    @Override
    public void progress(double fraction, String message) {
        context.progress(fraction, message);
    }

    @Override
    public void ready() {
        health().ready();
    }

    @Override
    public void degraded(String message) {
        health().degraded(message);
    }

    @Override
    public void down(String message) {
        health().down(message);
    }

    @Override
    public void snapshot(int dpRank, ComponentSnapshot snapshot) {
        var publisher = snapshots;
        if (publisher != null) publisher.publish(dpRank, snapshot);
    }

    @Override
    public void kvStored(int dpRank, long[] hashes, OptionalLong parent, TokenIds tokens, int blockSize) {
        var publisher = kv.get(dpRank);
        if (publisher != null) publisher.stored(hashes, parent, tokens, blockSize);
    }

    @Override
    public void kvRemoved(int dpRank, long[] hashes) {
        var publisher = kv.get(dpRank);
        if (publisher != null) publisher.removed(hashes);
    }

    @Override
    public void kvCleared(int dpRank) {
        var publisher = kv.get(dpRank);
        if (publisher != null) publisher.cleared();
    }

    @Override
    public void died(String reason) {
        died.accept(reason);
    }
}
