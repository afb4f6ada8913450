package dev.nacelle.spi.metrics;

import java.util.List;
import java.util.function.Consumer;

/**
 * What an engine asks of the host after its metrics are set up.
 *
 * @param dpRanks the data-parallel ranks that it will publish snapshots for, each at least 0 and once; empty opts out
 * @param onPublisherReady receives the publisher exactly once when there are ranks, never otherwise
 */
public record MetricsBindings(List<Integer> dpRanks, Consumer<SnapshotPublisher> onPublisherReady) {
    public MetricsBindings {
        dpRanks = List.copyOf(dpRanks);
        if (dpRanks.stream().anyMatch(rank -> rank < 0))
            throw new IllegalArgumentException("data-parallel ranks %s, expected none negative".formatted(dpRanks));
        if (dpRanks.stream().distinct().count() != dpRanks.size())
            throw new IllegalArgumentException("data-parallel ranks %s, expected each once".formatted(dpRanks));
    }

    /** No snapshots. */
    public static MetricsBindings none() {
        return new MetricsBindings(List.of(), _ -> {});
    }
}
