package dev.nacelle.runtime.metrics;

import dev.nacelle.runtime.exposition.MetricsSourceConfig;
import dev.nacelle.spi.config.Setting;
import java.util.List;

/** The {@code metrics} section: what the page shows of the process itself. */
public record MetricsConfig(
        @Setting(value = "Show the JVM's and the process's own metrics", byDefault = "true")
        boolean jvm,

        @Setting(value = "Foreign registries to merge into the page", byDefault = "[]")
        List<MetricsSourceConfig> sources) {
    public MetricsConfig {
        sources = List.copyOf(sources);
    }

    /** Without foreign registries. */
    public MetricsConfig(boolean jvm) {
        this(jvm, List.of());
    }
}
