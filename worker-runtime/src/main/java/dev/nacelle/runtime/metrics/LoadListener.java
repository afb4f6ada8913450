package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.metrics.ComponentSnapshot;

/** Hears each snapshot that the gauges took, on the publisher's thread: must be quick, and allocate nothing. */
@FunctionalInterface
public interface LoadListener {
    /** Nobody listens. */
    LoadListener NONE = (_, _) -> {};

    void onSnapshot(int dpRank, ComponentSnapshot snapshot);
}
