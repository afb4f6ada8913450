package dev.nacelle.frontend;

import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.ModelMetrics;
import dev.nacelle.frontend.model.ModelCatalog;
import dev.nacelle.frontend.model.ServedModel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Shows the models of the catalogue on the scrape page. */
final class ModelGauges implements ModelCatalog.Listener {
    private final HttpServiceMetrics metrics;
    private final Map<String, ModelMetrics> shown = new ConcurrentHashMap<>();

    ModelGauges(HttpServiceMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void changed(ServedModel model) {
        var gauges = shown.computeIfAbsent(model.name(), metrics::serve);
        int migrations = model.instances().stream()
                .mapToInt(instance -> instance.card().migrationLimit())
                .max()
                .orElse(0);
        gauges.describe(model.config().registration(), migrations);
        gauges.workers(model.instances().size());
        ready(model);
    }

    @Override
    public void gone(String model) {
        var gauges = shown.remove(model);
        if (gauges != null) gauges.close();
    }

    /** Workers turn ready and not ready without a word: to be called now and then. */
    void ready(ServedModel model) {
        var gauges = shown.get(model.name());
        if (gauges != null) gauges.ready(model.isReady());
    }
}
