package dev.nacelle.runtime.host;

import dev.nacelle.runtime.metrics.ForeignRegistries;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.Servlet;

/** The process's own families, the foreign ones, and the page that shows both. */
record HostMetrics(PrometheusRegistry registry, RuntimeMetrics runtime, ForeignRegistries foreign)
        implements AutoCloseable {
    static HostMetrics open(MetricsConfig config) {
        var registry = new PrometheusRegistry();
        return new HostMetrics(registry, RuntimeMetrics.open(registry, config), (_, _, _, _) -> () -> {});
    }

    Servlet servlet() {
        return new PrometheusMetricsServlet(registry);
    }

    @Override
    public void close() {
        runtime.close();
    }
}
