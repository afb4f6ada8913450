package dev.nacelle.spi.metrics;

/** Renders a foreign registry in Prometheus's text format 0.0.4 or OpenMetrics 1.0. */
@FunctionalInterface
public interface ExpfmtCallback {
    /** The whole registry as text. */
    String render() throws Exception;
}
