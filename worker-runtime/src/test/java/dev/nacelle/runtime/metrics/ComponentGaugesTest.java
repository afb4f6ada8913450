package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ComponentGaugesTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final RuntimeMetrics runtime = RuntimeMetrics.open(registry, new MetricsConfig(false));
    private final WorkerScope worker =
            runtime.worker(new Chain("dynamo", "backend", "generate", 1), new ModelLabels("m", "m"));
    private final List<Integer> heard = new ArrayList<>();
    private final ComponentGauges gauges = worker.components(List.of(3, 0), (rank, snapshot) -> heard.add(rank));

    @Test
    void declaredRanksStartAtZeroWithoutAHitRate() {
        for (var rank : List.of("0", "3")) {
            assertThat(rankValue("total_blocks", rank)).contains(0.0);
            assertThat(rankValue("gpu_cache_usage_percent", rank)).contains(0.0);
            assertThat(rankValue("kv_cache_hit_rate", rank)).isEmpty();
        }
        assertThat(rejected("undeclared")).contains(0.0);
        assertThat(rejected("range")).contains(0.0);
    }

    @Test
    void aSnapshotSetsItsRankAndReachesTheListener() {
        gauges.publish(3, new ComponentSnapshot(25, 100, 0.25, 0.5));
        assertThat(rankValue("total_blocks", "3")).contains(100.0);
        assertThat(rankValue("gpu_cache_usage_percent", "3")).contains(0.25);
        assertThat(rankValue("kv_cache_hit_rate", "3")).contains(0.5);
        assertThat(rankValue("total_blocks", "0")).contains(0.0);
        assertThat(heard).containsExactly(3);
    }

    @Test
    void theHitRateHasThreeStates() {
        gauges.publish(0, new ComponentSnapshot(1, 10));
        assertThat(rankValue("kv_cache_hit_rate", "0")).isEmpty();
        gauges.publish(0, new ComponentSnapshot(1, 10, 0.1, 0.0));
        assertThat(rankValue("kv_cache_hit_rate", "0")).contains(0.0);
        gauges.publish(0, new ComponentSnapshot(1, 10, 0.1, 0.75));
        gauges.publish(0, new ComponentSnapshot(2, 10));
        assertThat(rankValue("kv_cache_hit_rate", "0")).contains(0.75);
    }

    @Test
    void anUndeclaredRankChangesNothingAndIsCounted() {
        var before = Page.of(registry).samples().size();
        gauges.publish(1, new ComponentSnapshot(1, 10));
        gauges.publish(-1, new ComponentSnapshot(1, 10));
        assertThat(Page.of(registry).samples()).hasSize(before);
        assertThat(rejected("undeclared")).contains(2.0);
        assertThat(rejected("range")).contains(0.0);
        assertThat(heard).isEmpty();
    }

    @Test
    void aValueOutOfRangeChangesNothingAndIsCounted() {
        var wrong = List.of(
                new ComponentSnapshot(-1, 10),
                new ComponentSnapshot(1, -10, 0, 0),
                new ComponentSnapshot(1, 10, 1.01, 0),
                new ComponentSnapshot(1, 10, -0.01, 0),
                new ComponentSnapshot(1, 10, Double.NaN, 0),
                new ComponentSnapshot(1, 10, 0.5, Double.NaN),
                new ComponentSnapshot(1, 10, 0.5, 1.5),
                new ComponentSnapshot(1, 10, 0.5, -0.5),
                new ComponentSnapshot(1, 10, Double.POSITIVE_INFINITY, 0.5));
        wrong.forEach(snapshot -> gauges.publish(0, snapshot));
        assertThat(rejected("range")).contains((double) wrong.size());
        assertThat(rankValue("total_blocks", "0")).contains(0.0);
        assertThat(rankValue("kv_cache_hit_rate", "0")).isEmpty();
        assertThat(heard).isEmpty();
    }

    @Test
    void rejectionsAreLoggedOnce() {
        var logger = (Logger) LoggerFactory.getLogger(ComponentGauges.class);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        try {
            for (var i = 0; i < 5; i++) gauges.publish(9, new ComponentSnapshot(1, 10));
        } finally {
            logger.detachAppender(appender);
        }
        assertThat(appender.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage()).contains("rank 9", "[0, 3]"));
    }

    @Test
    void aListenerThatThrowsHurtsNobody() {
        var other = worker.components(List.of(5), (_, _) -> {
            throw new IllegalStateException("broken");
        });
        assertThatCode(() -> other.publish(5, new ComponentSnapshot(1, 10))).doesNotThrowAnyException();
        assertThat(rankValue("total_blocks", "5")).contains(10.0);
    }

    @Test
    void snapshotsAfterTheWorkerHasGoneGoNowhere() {
        worker.close();
        gauges.publish(0, new ComponentSnapshot(1, 10));
        assertThat(heard).isEmpty();
        assertThat(Page.of(registry).samples()).isEmpty();
    }

    private Optional<Double> rankValue(String name, String rank) {
        return Page.of(registry)
                .value(
                        "dynamo_component_" + name,
                        "dynamo_namespace",
                        "dynamo",
                        "dynamo_component",
                        "backend",
                        "dynamo_endpoint",
                        "generate",
                        "worker_id",
                        "1",
                        "model",
                        "m",
                        "model_name",
                        "m",
                        "dp_rank",
                        rank);
    }

    private Optional<Double> rejected(String reason) {
        return Page.of(registry)
                .value(
                        "nacelle_snapshot_rejected_total",
                        "dynamo_namespace",
                        "dynamo",
                        "dynamo_component",
                        "backend",
                        "dynamo_endpoint",
                        "generate",
                        "worker_id",
                        "1",
                        "reason",
                        reason);
    }
}
