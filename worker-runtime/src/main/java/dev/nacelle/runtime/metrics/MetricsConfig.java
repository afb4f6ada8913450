package dev.nacelle.runtime.metrics;

import dev.nacelle.spi.config.Setting;

/** What the process says of itself. */
public record MetricsConfig(
        @Setting(value = "Whether the page shows the JVM's and the process's own metrics.", byDefault = "true")
        boolean jvm) {
    public static final MetricsConfig DEFAULT = new MetricsConfig(true);
}
