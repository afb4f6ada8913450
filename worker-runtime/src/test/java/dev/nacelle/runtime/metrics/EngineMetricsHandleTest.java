package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.metrics.ExpfmtCallback;
import dev.nacelle.spi.metrics.ExpfmtOptions;
import dev.nacelle.spi.metrics.Label;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineMetricsHandleTest {
    private static final ForeignRegistries NO_FOREIGN = (_, _, _, _) -> () -> {};

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final RuntimeMetrics runtime = RuntimeMetrics.open(registry, new MetricsConfig(false));
    private final WorkerScope worker =
            runtime.worker(new Chain("dynamo", "backend", "generate", -1), new ModelLabels("m", "served"));
    private final EngineMetricsHandle metrics = worker.engineMetrics(NO_FOREIGN);

    private static final Map<String, String> AUTO = Map.of(
            "dynamo_namespace", "dynamo",
            "dynamo_component", "backend",
            "dynamo_endpoint", "generate",
            "worker_id", "ffffffffffffffff",
            "model", "m",
            "model_name", "served");

    @Test
    void autoLabelsAreTheChainAndTheModelInOrder() {
        assertThat(metrics.autoLabels())
                .containsExactlyEntriesOf(metrics.autoLabels())
                .isEqualTo(AUTO);
        assertThat(metrics.autoLabels().keySet())
                .containsExactly(
                        "dynamo_namespace", "dynamo_component", "dynamo_endpoint", "worker_id", "model", "model_name");
        assertThatThrownBy(() -> metrics.autoLabels().put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void instrumentsAreNamedAndLabelledByThePlaceTheyAreMadeAt() {
        metrics.gauge("queue-depth", "Waiting.", Label.of("tier", "gpu"), Label.of("none", ""))
                .set(3);
        metrics.counter("steps", "Steps.").add(2);
        metrics.histogram("step_seconds", "A step.", new double[] {0.1, 1}).observe(0.5);
        var page = Page.of(registry);
        var gauge = page.family("dynamo_component_queue_depth").getFirst();
        assertThat(gauge.value()).isEqualTo(3);
        assertThat(gauge.labels())
                .containsAllEntriesOf(AUTO)
                .containsEntry("tier", "gpu")
                .hasSize(7);
        var counter = page.family("dynamo_component_steps_total").getFirst();
        assertThat(counter.value()).isEqualTo(2);
        assertThat(counter.labels()).isEqualTo(AUTO);
        assertThat(page.bounds("dynamo_component_step_seconds")).containsExactly(0.1, 1.0, Double.POSITIVE_INFINITY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dynamo_namespace", "dynamo_component", "dynamo_endpoint", "worker_id", "worker-id"})
    void aLabelOfTheChainIsAnErrorThatNamesIt(String key) {
        assertThatThrownBy(() -> metrics.gauge("depth", "", Label.of(key, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + key + "\"")
                .hasMessageContaining("dynamo_component_depth");
    }

    @Test
    void aKeyTwiceIsAnErrorThatNamesIt() {
        assertThatThrownBy(() -> metrics.counter("hits", "", Label.of("a-b", "1"), Label.of("a_b", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"a_b\"");
        assertThatThrownBy(() -> metrics.counter("hits", "", Label.of("model", "other")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"model\"");
        assertThat(Page.of(registry).types()).doesNotContainKey("dynamo_component_hits_total");
    }

    @Test
    void namesWithoutALetterAreErrors() {
        assertThatThrownBy(() -> metrics.gauge("--", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> metrics.gauge("x", "", Label.of("", "1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> metrics.histogram("x", "", new double[0], Label.of("le", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"le\"");
    }

    @Test
    void theRuntimesOwnFamiliesAreNotTheEngines() {
        assertThatThrownBy(() -> metrics.counter("requests", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dynamo_component_requests_total")
                .hasMessageContaining("the runtime's own");
        assertThatThrownBy(() -> metrics.gauge("kv_cache_hit_rate", "", Label.of("dp_rank", "0")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingWorksAfterSetupButTheInstruments() {
        var gauge = metrics.gauge("depth", "");
        metrics.close();
        gauge.set(1);
        assertThat(Page.of(registry).family("dynamo_component_depth"))
                .singleElement()
                .returns(1.0, Page.Sample::value);
        assertThatThrownBy(() -> metrics.gauge("depth", "")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> metrics.counter("hits", "")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> metrics.histogram("took", "", new double[0]))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(metrics::autoLabels).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> metrics.addExpfmtCallback(() -> ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("setupMetrics");
    }

    @Test
    void twoWorkersContributeToOneFamily() {
        metrics.gauge("depth", "").set(1);
        try (var other = runtime.worker(new Chain("dynamo", "backend", "generate", 7), ModelLabels.NONE)) {
            other.engineMetrics(NO_FOREIGN)
                    .gauge("depth", "", Label.of("tier", "cpu"))
                    .set(2);
            var page = Page.of(registry);
            assertThat(page.family("dynamo_component_depth")).hasSize(2);
            assertThat(page.value(
                            "dynamo_component_depth",
                            "dynamo_namespace",
                            "dynamo",
                            "dynamo_component",
                            "backend",
                            "dynamo_endpoint",
                            "generate",
                            "worker_id",
                            "7",
                            "tier",
                            "cpu"))
                    .contains(2.0);
        }
        assertThat(Page.of(registry).family("dynamo_component_depth")).hasSize(1);
    }

    @Test
    void foreignRegistriesAreNamedByTheirPlaceAndGoWithTheWorker() {
        var added = new ArrayList<String>();
        var gone = new ArrayList<String>();
        ForeignRegistries foreign = (source, options, autoLabels, callback) -> {
            assertThat(autoLabels).isEqualTo(AUTO);
            assertThat(options.injectAutoLabels()).isEqualTo(source.equals("mine"));
            added.add(source);
            return () -> gone.add(source);
        };
        try (var handle = worker.engineMetrics(foreign)) {
            ExpfmtCallback callback = () -> "";
            handle.addExpfmtCallback(callback);
            handle.addExpfmtCallback(
                    callback, ExpfmtOptions.DEFAULT.named("mine").withAutoLabels());
            handle.addExpfmtCallback(callback);
        }
        assertThat(added).containsExactly("backend/generate#1", "mine", "backend/generate#2");
        assertThat(gone).isEmpty();
        worker.close();
        worker.close();
        assertThat(gone).isEqualTo(List.of("backend/generate#2", "mine", "backend/generate#1"));
    }
}
