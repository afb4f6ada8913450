package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.metrics.ComponentSnapshot;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerScopeTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final RuntimeMetrics runtime = RuntimeMetrics.open(registry, new MetricsConfig(false));
    private final Chain chain = new Chain("dynamo", "backend", "generate", 0xAB);

    private static final String[] AUTO = {
        "dynamo_namespace", "dynamo",
        "dynamo_component", "backend",
        "dynamo_endpoint", "generate",
        "worker_id", "ab",
        "model", "m",
        "model_name", "served"
    };

    @Test
    void aWorkersSeriesComeAndGoWithItsScope() {
        try (var worker = runtime.worker(chain, new ModelLabels("m", "served"))) {
            worker.lifecycle().loaded(Duration.ofMillis(1500));
            worker.components(List.of(0), LoadListener.NONE).publish(0, new ComponentSnapshot(5, 10));
            var page = Page.of(registry);
            assertThat(page.value("dynamo_component_model_load_time_seconds", AUTO))
                    .contains(1.5);
        }
        assertThat(Page.of(registry).samples()).isEmpty();
    }
}
