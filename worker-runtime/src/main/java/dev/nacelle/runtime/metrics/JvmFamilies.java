package dev.nacelle.runtime.metrics;

import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JVM's and the process's own families, as the client library makes them. */
final class JvmFamilies implements MultiCollector, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JvmFamilies.class);

    private final PrometheusRegistry page;
    /** The library keeps for ever what it registers these with: a registry of their own, so that no host stays with it. */
    private final PrometheusRegistry own = new PrometheusRegistry();

    private final AtomicBoolean complained = new AtomicBoolean();

    private JvmFamilies(PrometheusRegistry page) {
        this.page = page;
        JvmMetrics.builder().register(own);
    }

    /** Shows them on that registry's page until closed. */
    static JvmFamilies on(PrometheusRegistry page) {
        var families = new JvmFamilies(page);
        page.register(families);
        return families;
    }

    @Override
    public MetricSnapshots collect() {
        try {
            return own.scrape();
        } catch (RuntimeException e) {
            if (complained.compareAndSet(false, true)) LOG.warn("the JVM's metrics are left out", e);
            return new MetricSnapshots();
        }
    }

    @Override
    public void close() {
        page.unregister(this);
    }
}
