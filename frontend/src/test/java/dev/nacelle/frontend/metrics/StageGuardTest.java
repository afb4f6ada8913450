package dev.nacelle.frontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.Page;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class StageGuardTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Families families = Families.in(registry);
    private final PipelineMetrics metrics = new PipelineMetrics(families);

    @Test
    void aRequestIsInOneStageAtATime() {
        try (var guard = metrics.begin()) {
            assertThat(inAnyStage()).isZero();
            guard.enter(Stage.PREPROCESS, Phase.AGGREGATED);
            assertThat(requests("preprocess", "")).isEqualTo(1);
            guard.enter(Stage.ROUTE, Phase.PREFILL);
            assertThat(requests("route", "prefill")).isEqualTo(1);
            guard.enter(Stage.DISPATCH, Phase.DECODE);
            assertThat(requests("dispatch", "decode")).isEqualTo(1);
            assertThat(inAnyStage()).isEqualTo(1);
            guard.enter(Stage.POSTPROCESS, Phase.DECODE);
            assertThat(inAnyStage()).isZero();
            guard.complete();
        }
        for (var stage : Stage.values())
            assertThat(timed(stage.durationLabel())).isEqualTo(1);
    }

    @Test
    void aStageThatIsCutShortIsLeftButNotTimed() {
        var guard = metrics.begin();
        guard.enter(Stage.PREPROCESS, Phase.AGGREGATED);
        guard.enter(Stage.ROUTE, Phase.AGGREGATED);
        guard.close();
        guard.close();
        guard.enter(Stage.DISPATCH, Phase.AGGREGATED);
        guard.complete();
        assertThat(inAnyStage()).isZero();
        assertThat(timed("preprocess")).isEqualTo(1);
        assertThat(timed("route")).isZero();
    }

    @Test
    void closingWhileAStageIsEnteredLeavesNothingBehind() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<Void>>();
            for (int i = 0; i < 500; i++) {
                var guard = metrics.begin();
                tasks.add(() -> {
                    for (var stage : Stage.values()) guard.enter(stage, Phase.AGGREGATED);
                    return null;
                });
                tasks.add(() -> {
                    guard.close();
                    return null;
                });
            }
            for (var done : threads.invokeAll(tasks)) done.get();
        }
        assertThat(inAnyStage()).isZero();
    }

    @Test
    void registeringTwiceShowsTheSameSeriesOnce() {
        try (var again = new PipelineMetrics(families);
                var guard = again.begin()) {
            guard.enter(Stage.ROUTE, Phase.AGGREGATED);
            assertThat(requests("route", "aggregated")).isEqualTo(1);
        }
        assertThat(requests("route", "aggregated")).isZero();
    }

    private double requests(String stage, String phase) {
        return Page.of(registry)
                .value("dynamo_frontend_stage_requests", "stage", stage, "phase", phase)
                .orElseThrow();
    }

    private double inAnyStage() {
        return Page.of(registry).family("dynamo_frontend_stage_requests").stream()
                .mapToDouble(Page.Sample::value)
                .sum();
    }

    private double timed(String stage) {
        return Page.of(registry)
                .value("dynamo_frontend_stage_duration_seconds_count", "stage", stage)
                .orElseThrow();
    }
}
