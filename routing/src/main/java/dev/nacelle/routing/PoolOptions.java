package dev.nacelle.routing;

import java.time.Duration;

/**
 * How a pool chooses.
 *
 * @param overlapWeight what a block to prefill counts, against a block that is being decoded
 * @param temperature 0 takes the cheapest; above, costs are turned into chances, the more even the higher
 * @param saturation prompt tokens that wait on a rank, in multiples of what its engine takes in one batch, from which on it
 *     gets no more; 0 for no bound
 * @param indexBytes what the index of cached blocks may take
 * @param predictionAge how long a predicted block counts as cached
 */
public record PoolOptions(
        RoutingMode mode,
        double overlapWeight,
        double temperature,
        double saturation,
        long indexBytes,
        Duration predictionAge) {
    public static final PoolOptions DEFAULT =
            new PoolOptions(RoutingMode.KV, 16, 0, 4, 1L << 30, Duration.ofMinutes(2));

    public PoolOptions {
        if (!(overlapWeight >= 0) || !(temperature >= 0) || !(saturation >= 0))
            throw new IllegalArgumentException("overlap weight %s, temperature %s, saturation %s, expected 0 or more"
                    .formatted(overlapWeight, temperature, saturation));
    }

    public PoolOptions withMode(RoutingMode value) {
        return new PoolOptions(value, overlapWeight, temperature, saturation, indexBytes, predictionAge);
    }
}
