package dev.nacelle.frontend.metrics;

import dev.nacelle.spi.config.Setting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The section {@code frontend.metrics_buckets}: the buckets of the HTTP service's histograms. */
public record HttpBuckets(
        @Setting(value = "Buckets of request_duration_seconds", byDefault = "{min: 1, max: 512, count: 10}")
        LogBuckets requestDuration,

        @Setting(
                value = "Buckets of input_sequence_tokens and cached_tokens",
                byDefault = "{min: 50, max: 128000, count: 12}")
        LogBuckets inputSequenceTokens,

        @Setting(value = "Buckets of output_sequence_tokens", byDefault = "{min: 50, max: 32000, count: 10}")
        LogBuckets outputSequenceTokens,

        @Setting(value = "Buckets of time_to_first_token_seconds", byDefault = "{min: 0.001, max: 480, count: 18}")
        LogBuckets timeToFirstToken,

        @Setting(value = "Buckets of inter_token_latency_seconds", byDefault = "{min: 0.001, max: 80, count: 20}")
        LogBuckets interTokenLatency) {
    private static final Logger LOG = LoggerFactory.getLogger(HttpBuckets.class);

    public static final HttpBuckets DEFAULT = new HttpBuckets(
            new LogBuckets(1, 512, 10),
            new LogBuckets(50, 128_000, 12),
            new LogBuckets(50, 32_000, 10),
            new LogBuckets(0.001, 480, 18),
            new LogBuckets(0.001, 80, 20));

    /** The same, with the default in place of what is unusable, and a warning that names the setting. */
    HttpBuckets usable() {
        return new HttpBuckets(
                usable("request_duration", requestDuration, DEFAULT.requestDuration),
                usable("input_sequence_tokens", inputSequenceTokens, DEFAULT.inputSequenceTokens),
                usable("output_sequence_tokens", outputSequenceTokens, DEFAULT.outputSequenceTokens),
                usable("time_to_first_token", timeToFirstToken, DEFAULT.timeToFirstToken),
                usable("inter_token_latency", interTokenLatency, DEFAULT.interTokenLatency));
    }

    private static LogBuckets usable(String setting, LogBuckets given, LogBuckets fallback) {
        if (given.isUsable()) return given;
        LOG.warn(
                "frontend.metrics_buckets.{}: {} cannot be used, expected 0 < min < max and a count from 2 to {}; the"
                        + " default {} is used instead",
                setting,
                given,
                LogBuckets.MOST,
                fallback);
        return fallback;
    }
}
