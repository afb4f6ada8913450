package dev.nacelle.spi.metrics;

/**
 * The state of one data-parallel rank at one moment. Holds any values; {@link SnapshotPublisher#publish} judges them.
 *
 * @param kvUsedBlocks KV blocks in use, 0 or more
 * @param kvTotalBlocks KV blocks there are, 0 or more
 * @param gpuCacheUsage share of the KV cache in use, 0.0 to 1.0
 * @param kvCacheHitRate share of prompt tokens found in the prefix cache, 0.0 to 1.0, or {@link #NOT_MEASURED}
 */
public record ComponentSnapshot(long kvUsedBlocks, long kvTotalBlocks, double gpuCacheUsage, double kvCacheHitRate) {
    /** The hit rate of a rank without a prefix cache, or without data yet: leaves the gauge as it was. */
    public static final double NOT_MEASURED = -1;

    /** A snapshot without a hit rate; usage is the share of blocks in use. */
    public ComponentSnapshot(long kvUsedBlocks, long kvTotalBlocks) {
        this(kvUsedBlocks, kvTotalBlocks, kvTotalBlocks > 0 ? (double) kvUsedBlocks / kvTotalBlocks : 0, NOT_MEASURED);
    }

    public boolean measuresHitRate() {
        return kvCacheHitRate != NOT_MEASURED;
    }
}
