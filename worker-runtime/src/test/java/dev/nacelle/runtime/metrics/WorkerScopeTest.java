package dev.nacelle.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WorkerScopeTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final RuntimeMetrics runtime = RuntimeMetrics.open(registry, new MetricsConfig(false));
    private final Chain chain = new Chain("dynamo", "backend", "generate", 0xAB);

    @Test
    void lifecycleGaugesAreThereFromTheBeginning() {
        try (var worker = runtime.worker(chain, new ModelLabels("m", "served"))) {
            assertThat(lifecycle("drain_time_seconds")).contains(0.0);
            assertThat(lifecycle("cleanup_time_seconds")).contains(0.0);
            worker.lifecycle().loaded(Duration.ofMillis(1500));
            worker.lifecycle().drained(Duration.ofMillis(250));
            worker.lifecycle().cleanedUp(Duration.ofSeconds(2));
            assertThat(lifecycle("model_load_time_seconds")).contains(1.5);
            assertThat(lifecycle("drain_time_seconds")).contains(0.25);
            assertThat(lifecycle("cleanup_time_seconds")).contains(2.0);
        }
    }

    @Test
    void eachStageOfAShutdownShowsHowLongItTookAndHowItEnded() {
        try (var worker = runtime.worker(chain, new ModelLabels("m", "served"))) {
            var stages = Page.of(registry).family("dynamo_component_shutdown_stage_seconds");
            assertThat(stages).hasSize(24).allMatch(sample -> sample.value() == 0);
            assertThat(new HashSet<>(stages.stream()
                            .map(sample -> sample.labels().get("stage"))
                            .toList()))
                    .containsExactlyInAnyOrder(
                            "unregister", "router_grace", "stop_admission", "inflight", "kv_transfer", "cleanup");
            assertThat(new HashSet<>(stages.stream()
                            .map(sample -> sample.labels().get("reason"))
                            .toList()))
                    .containsExactlyInAnyOrder("completed", "deadline", "skipped", "failed");
            worker.lifecycle().stageEnded(ShutdownStage.INFLIGHT, StageOutcome.DEADLINE, Duration.ofSeconds(3));
            assertThat(lifecycle("shutdown_stage_seconds", "stage", "inflight", "reason", "deadline"))
                    .contains(3.0);
        }
    }

    @Test
    void uptimeIsTakenAtTheScrape() {
        try (var _ = runtime.worker(chain, ModelLabels.NONE)) {
            var first = uptime("ab").orElseThrow();
            assertThat(first).isPositive();
            assertThat(uptime("ab").orElseThrow()).isGreaterThan(first);
        }
        assertThat(uptime("ab")).isEmpty();
    }

    @Test
    void uptimeOfAMemberThatIsNoWorker() {
        try (var _ = runtime.uptime(0x1F)) {
            assertThat(uptime("1f")).isPresent();
        }
        assertThat(uptime("1f")).isEmpty();
    }

    @Test
    void emptyLevelsAndNamesEmitNoLabel() {
        try (var worker = runtime.worker(Chain.ofComponent("dynamo", "backend", 1), new ModelLabels("m", ""))) {
            assertThat(worker.autoLabels().keySet())
                    .containsExactly("dynamo_namespace", "dynamo_component", "worker_id", "model");
        }
    }

    @Test
    void theModelNameIsTheServedOneUnlessThatIsEmpty() {
        assertThat(ModelLabels.of(EngineConfig.of("m"))).isEqualTo(new ModelLabels("m", "m"));
        assertThat(ModelLabels.of(servedAs(""))).isEqualTo(new ModelLabels("m", "m"));
        assertThat(ModelLabels.of(servedAs("s"))).isEqualTo(new ModelLabels("m", "s"));
    }

    @Test
    void theEngineAndItsCancellationsAreSharedByWorkersOfTheSameEngine() {
        var first = runtime.worker(chain, ModelLabels.NONE);
        var second = runtime.worker(new Chain("dynamo", "backend", "generate", 2), ModelLabels.NONE);
        for (var worker : List.of(first, second)) {
            worker.engineInfo("echo", "java", "1.0");
            worker.cancelPropagation("java").observe(0.001);
        }
        first.close();
        var page = Page.of(registry);
        assertThat(page.value("nacelle_engine_info", "engine", "echo", "runtime", "java", "version", "1.0"))
                .contains(1.0);
        assertThat(page.value("nacelle_cancel_propagation_seconds_count", "runtime", "java"))
                .contains(2.0);
        second.close();
        assertThat(Page.of(registry).samples()).isEmpty();
    }

    @Test
    void theJvmsMetricsCanBeTurnedOff() {
        assertThat(Page.of(registry).types()).isEmpty();
        var other = new PrometheusRegistry();
        try (var _ = RuntimeMetrics.open(other, new MetricsConfig(true))) {
            assertThat(Page.of(other).types())
                    .containsKeys("jvm_memory_used_bytes", "jvm_threads_current", "process_start_time_seconds");
        }
        assertThat(Page.of(other).types()).isEmpty();
    }

    @Test
    void twoHostsInOneJvmDoNotSeeEachOther() {
        var otherRegistry = new PrometheusRegistry();
        try (var other = RuntimeMetrics.open(otherRegistry, new MetricsConfig(true));
                var _ = other.worker(chain, ModelLabels.NONE);
                var again = RuntimeMetrics.open(new PrometheusRegistry(), new MetricsConfig(true))) {
            assertThat(Page.of(registry).samples()).isEmpty();
            assertThat(Page.of(otherRegistry).samples()).isNotEmpty();
            assertThat(again.families()).isNotSameAs(other.families());
        }
    }

    @Test
    void scrapesWhileWorkersComeAndGoAreWhole() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var churn = threads.submit((Callable<Void>) () -> {
                for (var i = 0; i < 100; i++) {
                    try (var worker = runtime.worker(
                            new Chain("dynamo", "backend", "generate", i % 7), new ModelLabels("m" + i % 3, ""))) {
                        worker.components(List.of(0, 1), LoadListener.NONE);
                        worker.engineMetrics((_, _, _, _) -> () -> {}).gauge("depth", "");
                        worker.requests().begin().close();
                    }
                }
                return null;
            });
            while (!churn.isDone()) {
                var page = Page.of(registry);
                assertThat(new HashSet<>(page.samples().stream()
                                .map(sample -> List.of(sample.name(), sample.labels()))
                                .toList()))
                        .hasSameSizeAs(page.samples());
                assertThat(Page.openMetrics(registry)).endsWith("# EOF\n");
                Page.protobuf(registry);
            }
            churn.get();
        }
        assertThat(Page.of(registry).samples()).isEmpty();
    }

    @Test
    void manyThreadsAskForTheSameSeriesAndGetOne() throws Exception {
        try (var worker = runtime.worker(chain, ModelLabels.NONE);
                var handle = worker.engineMetrics((_, _, _, _) -> () -> {});
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(IntStream.range(0, 500)
                    .<Callable<Void>>mapToObj(i -> () -> {
                        handle.gauge("depth", "").add(1);
                        handle.counter("hits", "").increment();
                        return null;
                    })
                    .toList());
            var page = Page.of(registry);
            assertThat(page.family("dynamo_component_depth")).singleElement().returns(500.0, Page.Sample::value);
            assertThat(page.family("dynamo_component_hits_total"))
                    .singleElement()
                    .returns(500.0, Page.Sample::value);
        }
    }

    private Optional<Double> lifecycle(String name, String... more) {
        var labels = new ArrayList<>(List.of(
                "dynamo_namespace",
                "dynamo",
                "dynamo_component",
                "backend",
                "dynamo_endpoint",
                "generate",
                "worker_id",
                "ab",
                "model",
                "m",
                "model_name",
                "served"));
        labels.addAll(List.of(more));
        return Page.of(registry).value("dynamo_component_" + name, labels.toArray(String[]::new));
    }

    private Optional<Double> uptime(String workerId) {
        return Page.of(registry).value("dynamo_component_uptime_seconds", "worker_id", workerId);
    }

    private static EngineConfig servedAs(String name) {
        var config = EngineConfig.of("m", Registration.UNKNOWN);
        return new EngineConfig(
                config.model(),
                Optional.of(name),
                config.aliases(),
                config.input(),
                config.tokenizerPath(),
                config.registration(),
                config.capabilities(),
                config.runtime(),
                config.version(),
                config.runtimeData());
    }

    @Test
    @Tag("long")
    void theHeapIsFlatOverAMillionWorkersThatCameAndWent() {
        comeAndGo(0, 100_000);
        long before = heapAfterCollection();
        comeAndGo(100_000, Integer.getInteger("nacelle.scope.cycles", 1_000_000));
        assertThat(heapAfterCollection() - before).isLessThan(1 << 20);
        assertThat(Page.of(registry).family("dynamo_component_drain_time_seconds"))
                .isEmpty();
    }

    private void comeAndGo(int first, int end) {
        for (int id = first; id < end; id++) {
            try (var worker =
                    runtime.worker(new Chain("dynamo", "backend", "generate", id), new ModelLabels("m", "s"))) {
                worker.components(List.of(0, 1), LoadListener.NONE).publish(1, new ComponentSnapshot(1, 2, 0.5, 0.5));
            }
        }
    }

    private static long heapAfterCollection() {
        for (int i = 0; i < 3; i++) System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
