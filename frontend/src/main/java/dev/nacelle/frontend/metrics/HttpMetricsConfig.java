package dev.nacelle.frontend.metrics;

/**
 * How the metrics of the HTTP service are named and bucketed. What cannot be used gives way to the default, with a warning.
 *
 * @param prefix {@code frontend.metrics_prefix}: what the names begin with
 * @param legacyPrefix {@code frontend.legacy_metrics_prefix}: what those of the older scheme begin with; empty turns it off
 * @param buckets {@code frontend.metrics_buckets}
 */
public record HttpMetricsConfig(String prefix, String legacyPrefix, HttpBuckets buckets) {
    public static final HttpMetricsConfig DEFAULT =
            new HttpMetricsConfig("dynamo_frontend", "nv_llm", HttpBuckets.DEFAULT);
}
