package dev.nacelle.frontend.router;

import dev.nacelle.routing.PoolOptions;
import dev.nacelle.routing.RoutingMode;
import dev.nacelle.runtime.config.ByteSize;
import dev.nacelle.spi.config.Setting;
import java.time.Duration;
import java.util.OptionalInt;

/** The section {@code frontend.router}: which worker and rank gets a request. */
public record RouterConfig(
        @Setting(
                value = "How workers are chosen: in turn, by chance, the less busy of two, or by what their caches hold"
                        + " (kv: by the engines' events; kv_approx: by what was sent where)",
                byDefault = "round_robin")
        RoutingMode mode,

        @Setting(value = "Tokens a block; default: the first worker's word, or 16", min = 1, max = 65536)
        OptionalInt blockSize,

        @Setting(value = "Seed of the hashes of blocks", byDefault = "1337")
        long hashSeed,

        @Setting(
                value = "What a block to prefill counts, against one that is being decoded",
                byDefault = "16",
                min = 0,
                max = 1000)
        double overlapWeight,

        @Setting(
                value = "0 takes the cheapest worker; above, cheaper ones are likelier, the less so the higher",
                byDefault = "0",
                min = 0,
                max = 100)
        double temperature,

        @Setting(
                value = "Prompt tokens that wait on a rank, in multiples of its largest batch, from which on it counts"
                        + " as saturated; 0 for never",
                byDefault = "4",
                min = 0)
        double saturation,

        @Setting(
                value = "How many requests may wait while every worker is saturated",
                byDefault = "1024",
                min = 0,
                max = 1000000)
        int queueLength,

        @Setting(value = "How long a request waits then", byDefault = "30s", min = 0.001)
        Duration queueTimeout,

        @Setting(value = "What the index of cached blocks may take in memory, for each model", byDefault = "1GiB")
        ByteSize indexBytes,

        @Setting(value = "kv_approx: how long a block counts as cached after its last use", byDefault = "2m", min = 1)
        Duration predictionAge) {
    PoolOptions options() {
        return new PoolOptions(mode, overlapWeight, temperature, saturation, indexBytes.bytes(), predictionAge);
    }
}
