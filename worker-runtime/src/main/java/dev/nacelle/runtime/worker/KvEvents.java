package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.kv.LocalRankFeed;
import dev.nacelle.runtime.kv.ZmqSubscriber;
import dev.nacelle.spi.EngineAction;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.kv.KvEventSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** The KV-cache events of one worker's ranks, handed on until closed. */
final class KvEvents implements AutoCloseable {
    private final LocalRankFeed.Source feed;
    private final List<ZmqSubscriber> subscribers = new ArrayList<>();

    KvEvents(LocalRankFeed.Source feed) {
        this.feed = feed;
    }

    /** Where the worker's news go. */
    LocalRankFeed.Source feed() {
        return feed;
    }

    /**
     * Gives each source its publisher, and subscribes to what engines publish on sockets of their own. Called once.
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
        for (var source : sources) {
            var publisher = feed.publisher(source.dpRank());
            switch (source) {
                case KvEventSource.Push(var _, var onReady) -> onReady.accept(publisher);
                case KvEventSource.Zmq zmq -> subscribe(zmq, publisher);
            }
        }
    }

    /** What the host offers on the system port beside the engine's own controls; nothing for one without events. */
    Map<String, EngineAction> controls() {
        return feed.losing().isEmpty() ? Map.of() : Map.of("drop_events", new DropEvents(feed));
    }

    private synchronized void subscribe(KvEventSource.Zmq source, KvEventPublisher publisher) {
        subscribers.add(ZmqSubscriber.start(source, publisher));
    }

    /** What is published from now on goes nowhere. */
    @Override
    public synchronized void close() {
        subscribers.forEach(ZmqSubscriber::close);
        subscribers.clear();
        feed.close();
    }
}
