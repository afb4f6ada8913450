package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry of the client library whose collectors a {@link ScrapePage} reads one by one: one that throws costs its
 * own families, not the page, and {@link DirectFamilies} are read without snapshots. To everybody else it is a registry
 * like any other.
 */
public final class PageRegistry extends PrometheusRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(PageRegistry.class);

    private final List<Collector> collectors = new CopyOnWriteArrayList<>();
    private final List<MultiCollector> multiCollectors = new CopyOnWriteArrayList<>();
    private final Set<Object> complained = ConcurrentHashMap.newKeySet();

    /** Makes an empty registry. */
    public PageRegistry() {}

    @Override
    public void register(Collector collector) {
        super.register(collector);
        collectors.add(collector);
    }

    @Override
    public void register(MultiCollector collector) {
        super.register(collector);
        multiCollectors.add(collector);
    }

    @Override
    public void unregister(Collector collector) {
        collectors.remove(collector);
        complained.remove(collector);
        super.unregister(collector);
    }

    @Override
    public void unregister(MultiCollector collector) {
        multiCollectors.remove(collector);
        complained.remove(collector);
        super.unregister(collector);
    }

    @Override
    public void clear() {
        collectors.clear();
        multiCollectors.clear();
        complained.clear();
        super.clear();
    }

    /** Shows every family, those that can be read directly as such. */
    void show(DirectFamilies.FamilyVisitor visitor) {
        for (Collector collector : collectors) guarded(collector, () -> show(collector, visitor::family));
        for (MultiCollector collector : multiCollectors)
            guarded(collector, () -> {
                if (collector instanceof DirectFamilies direct) direct.show(visitor);
                else show(collector, visitor::family);
            });
    }

    /** Shows every family as a snapshot. */
    void showSnapshots(Consumer<MetricSnapshot> visitor) {
        for (Collector collector : collectors) guarded(collector, () -> show(collector, visitor));
        for (MultiCollector collector : multiCollectors) guarded(collector, () -> show(collector, visitor));
    }

    private static void show(Collector collector, Consumer<MetricSnapshot> visitor) {
        MetricSnapshot snapshot = collector.collect();
        if (snapshot != null && !snapshot.getDataPoints().isEmpty()) visitor.accept(snapshot);
    }

    private static void show(MultiCollector collector, Consumer<MetricSnapshot> visitor) {
        for (MetricSnapshot snapshot : collector.collect())
            if (!snapshot.getDataPoints().isEmpty()) visitor.accept(snapshot);
    }

    private void guarded(Object collector, Runnable read) {
        try {
            read.run();
        } catch (RuntimeException e) {
            if (complained.add(collector))
                LOG.error("a collector of metrics ({}) failed, its families are left out", collector, e);
        }
    }
}
