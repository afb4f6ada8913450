package dev.nacelle.spi.metrics;

import java.time.Duration;

/**
 * What {@code setupMetrics} is told.
 *
 * @param model {@code EngineConfig.model}
 * @param component the worker's component
 * @param loadTime what {@code start} took
 * @param metrics the handle, valid during the call only
 */
public record MetricsContext(String model, String component, Duration loadTime, EngineMetrics metrics) {}
