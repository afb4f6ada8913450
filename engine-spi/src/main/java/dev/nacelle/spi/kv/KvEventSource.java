package dev.nacelle.spi.kv;

import java.util.function.Consumer;

/**
 * One rank's stream of KV-cache events.
 *
 * @param dpRank the rank, at least 0
 * @param onReady receives the publisher once, before the endpoint serves
 */
public record KvEventSource(int dpRank, Consumer<KvEventPublisher> onReady) {
    public KvEventSource {
        if (dpRank < 0) throw new IllegalArgumentException("dp_rank %d, expected 0 or more".formatted(dpRank));
    }
}
