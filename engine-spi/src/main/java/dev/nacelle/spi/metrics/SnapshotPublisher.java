package dev.nacelle.spi.metrics;

/**
 * Where an engine pushes the state of its ranks: gauges and the router's load signal change from the same snapshot.
 * Safe from any thread, allocates nothing, never throws: a snapshot for an undeclared rank or with a value out of range
 * changes nothing, is counted ({@code nacelle_snapshot_rejected_total}) and logged once.
 */
@FunctionalInterface
public interface SnapshotPublisher {
    void publish(int dpRank, ComponentSnapshot snapshot);
}
