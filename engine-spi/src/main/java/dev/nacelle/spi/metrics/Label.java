package dev.nacelle.spi.metrics;

/**
 * One label of an instrument. Keys are sanitised to Prometheus's rules by the host.
 *
 * @param key not empty; none of the chain's own ({@code dynamo_namespace}, {@code dynamo_component},
 *     {@code dynamo_endpoint}, {@code worker_id})
 * @param value any text; empty emits no label
 */
public record Label(String key, String value) {
    public static Label of(String key, String value) {
        return new Label(key, value);
    }
}
