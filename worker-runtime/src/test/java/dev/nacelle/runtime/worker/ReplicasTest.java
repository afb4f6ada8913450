package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.metrics.MetricsBindings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReplicasTest {
    @Test
    void eachHasAnEngineAnIdAndSeriesOfItsOwn() throws Exception {
        var engines = new CopyOnWriteArrayList<LLMEngine>();
        try (var host = new TestHost().making("scripted", () -> {
            var engine = new ScriptedEngine();
            engine.onSetupMetrics = _ -> new MetricsBindings(List.of(0, 1), _ -> {});
            engines.add(engine);
            return engine;
        })) {
            host.start(TestHost.workers("{engine: scripted, component: pool, replicas: 3}"));
            var instances = host.plane.directory().instances();
            assertThat(instances).hasSize(3).extracting(Instance::isReady).containsOnly(true);
            assertThat(instances)
                    .extracting(instance -> instance.card().component())
                    .containsOnly("pool");
            assertThat(instances)
                    .extracting(instance -> instance.card().instanceId())
                    .doesNotHaveDuplicates();
            assertThat(engines).hasSize(3);
            for (var instance : instances)
                assertThat(host.scrape())
                        .contains(
                                "dynamo_component_total_blocks{dp_rank=\"1\"",
                                "worker_id=\"%s\"".formatted(instance.card().instanceHex()));
        }
    }
}
