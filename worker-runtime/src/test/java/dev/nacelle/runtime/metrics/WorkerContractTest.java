package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.metrics.ComponentSnapshot;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the worker's families to {@code docs/metrics.md}, which operators read, and to scrapes of Dynamo 1.6.1. */
class WorkerContractTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final RuntimeMetrics runtime = RuntimeMetrics.open(registry, new MetricsConfig(false));

    @BeforeEach
    void exposeEverything() {
        var worker = runtime.worker(new Chain("dynamo", "backend", "generate", 1), new ModelLabels("m", "m"));
        worker.components(List.of(0), LoadListener.NONE).publish(0, new ComponentSnapshot(1, 2, 0.5, 0.5));
        worker.cancelPropagation("java");
        worker.engineInfo("echo", "java", "1");
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void everyFamilyIsAsTheDocumentationSays() throws IOException {
        var page = Page.of(registry);
        var documented = MetricsTable.read(Path.of("..", "docs", "metrics.md"), "Worker");
        assertThat(page.types().keySet())
                .isEqualTo(new HashSet<>(
                        documented.stream().map(MetricsTable.Row::name).toList()));
        for (var row : documented) {
            assertThat(page.types()).as(row.name()).containsEntry(row.name(), row.type());
            assertThat(page.labelNames(row.name())).as(row.name()).isEqualTo(Set.of(row.labels()));
            if (row.type().equals("histogram"))
                assertThat(page.bounds(row.name())).as(row.name()).isEqualTo(row.boundsWithInfinity());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample-engine-worker.prom", "mocker-worker.prom"})
    void whatDynamoShowsTooLooksTheSame(String scrape) throws IOException {
        assertThat(Page.of(registry).familiesThatAgreeWith(Page.ofDynamo(scrape)))
                .contains(
                        "dynamo_component_requests_total",
                        "dynamo_component_inflight_requests",
                        "dynamo_component_request_duration_seconds",
                        "dynamo_component_request_bytes_total",
                        "dynamo_component_response_bytes_total",
                        "dynamo_component_cancellation_total",
                        "dynamo_component_errors_total",
                        "dynamo_component_uptime_seconds",
                        "dynamo_work_handler_network_transit_seconds",
                        "dynamo_work_handler_time_to_first_response_seconds");
    }

    @Test
    void whatDynamoShowsOfAnEngineLooksTheSame() throws IOException {
        assertThat(Page.of(registry).familiesThatAgreeWith(Page.ofDynamo("sample-engine-worker.prom")))
                .contains(
                        "dynamo_component_model_load_time_seconds",
                        "dynamo_component_drain_time_seconds",
                        "dynamo_component_cleanup_time_seconds",
                        "dynamo_component_total_blocks",
                        "dynamo_component_gpu_cache_usage_percent");
    }
}
