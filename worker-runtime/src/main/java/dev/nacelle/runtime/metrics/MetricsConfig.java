package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.config.Setting;

/** The {@code metrics} section: what the page shows of the process itself. */
public record MetricsConfig(
        @Setting(value = "Show the JVM's and the process's own metrics", byDefault = "true")
        boolean jvm) {}
