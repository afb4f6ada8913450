package dev.nacelle.runtime.worker;

import static dev.nacelle.runtime.worker.TestHost.workers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.nacelle.runtime.plane.Directory;
import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.runtime.role.RunningRole;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.Registration;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.MetricsBindings;
import dev.nacelle.spi.request.FinishReason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkerStartTest {
    private final ScriptedEngine engine = new ScriptedEngine();

    @Test
    void saysWhatItServes() throws Exception {
        engine.onStart = _ -> EngineConfig.of("austen-1.7m", Registration.ofContext(256));
        try (var host = TestHost.serving(engine)) {
            assertThat(host.served()).hasSize(1);
            assertThat(host.served().getFirst())
                    .matches("worker dynamo/backend/generate [0-9a-f]+ engine scripted, model austen-1.7m \\(context"
                            + " 256\\)");
        }
    }

    @Test
    void theEngineIsToldWhoAndWhereItIs() throws Exception {
        var told = new AtomicReference<@Nullable StartContext>();
        engine.onStart = context -> {
            told.set(context);
            return EngineConfig.of("m");
        };
        try (var host = TestHost.serving(
                engine,
                "component: prefill, endpoint: go, data_parallel: {size: 4, start_rank: 2}, model: {name: m}")) {
            var context = Objects.requireNonNull(told.get());
            var card = host.instance().card();
            assertThat(context.workerId()).isNotNegative().isEqualTo(card.instanceId());
            assertThat(context.worker().component()).isEqualTo("prefill");
            assertThat(context.worker().endpoint()).isEqualTo("go");
            assertThat(context.worker().dataParallelSize()).isEqualTo(4);
            assertThat(context.worker().dataParallelStartRank()).isEqualTo(2);
            assertThat(context.worker().modelName()).contains("m");
        }
    }

    @Test
    void progressReachesTheListenerAndTheBoardAndEndsWithTheStart() throws Exception {
        var reported = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var kept = new AtomicReference<@Nullable StartContext>();
        engine.onStart = context -> {
            kept.set(context);
            context.progress(0.25, "reading weights");
            reported.countDown();
            Await.latch(release);
            context.progress(Double.NaN, "odd");
            context.progress(7, "over");
            return EngineConfig.of("m");
        };
        try (var host = new TestHost().with("scripted", engine)) {
            var start = inBackground(host, workers("{engine: scripted}"));
            Await.latch(reported);
            assertThat(host.worker().state()).isEqualTo("starting");
            assertThat(host.worker().ready()).isFalse();
            assertThat(host.worker().details())
                    .containsEntry("progress", 0.25)
                    .containsEntry("message", "reading weights");
            release.countDown();
            start.get();
            assertThat(host.progress).containsExactly("0.0 starting", "0.25 reading weights", "0.0 odd", "1.0 over");
            Objects.requireNonNull(kept.get()).progress(0.5, "late");
            assertThat(host.progress).hasSize(4);
            assertThat(host.worker().state()).isEqualTo("serving");
            assertThat(host.worker().ready()).isTrue();
        }
    }

    @Test
    void whatTheStartTookIsOnThePage() throws Exception {
        try (var host = TestHost.serving(engine)) {
            assertThat(host.metric("dynamo_component_model_load_time_seconds", "model=\"scripted\""))
                    .isPositive();
            assertThat(host.metric("nacelle_engine_info", "engine=\"scripted\"", "runtime=\"java\""))
                    .isEqualTo(1);
            assertThat(host.metric("dynamo_component_drain_time_seconds")).isZero();
        }
    }

    @Test
    void ranksGetTheirPublisherAfterSetupMetrics() throws Exception {
        engine.onSetupMetrics = _ -> new MetricsBindings(List.of(0, 1), _ -> engine.calls.add("publisher"));
        try (var host = TestHost.serving(engine)) {
            assertThat(engine.calls).containsSubsequence("setupMetrics", "publisher", "kvEventSources");
            assertThat(host.metric("dynamo_component_total_blocks", "dp_rank=\"1\""))
                    .isZero();
        }
    }

    @Test
    void aFailingStartNamesEngineWorkerAndCauseAndCleansUpOnce() throws Exception {
        assertFails(
                e -> e.onStart = _ -> {
                    throw new EngineException(new EngineError.Unknown("no weights in /models"));
                },
                "engine 'scripted' of worker dynamo/backend/generate failed in start: no weights in /models");
    }

    @Test
    void everyLaterStepThatFailsIsNamedAndCleanedUpAfterOnce() throws Exception {
        RuntimeException cause = new IllegalStateException("wrong");
        assertFails(
                e -> e.onSetupMetrics = _ -> {
                    throw cause;
                },
                "failed in setupMetrics: java.lang.IllegalStateException: wrong");
        assertFails(
                e -> e.onSetupMetrics = _ -> new MetricsBindings(List.of(0), _ -> {
                    throw cause;
                }),
                "failed in onPublisherReady");
        assertFails(
                e -> e.onKvEventSources = _ -> {
                    throw cause;
                },
                "failed in kvEventSources");
        assertFails(
                e -> e.onKvEventSources = _ -> List.of(KvEventSource.push(3, _ -> {})),
                "failed in kvEventSources: java.lang.IllegalArgumentException: a KV-event source for dp_rank 3,"
                        + " expected 0 to 0");
        assertFails(
                e -> e.onEndpointReady = _ -> {
                    throw cause;
                },
                "failed in onEndpointReady");
    }

    @Test
    void aStartThatBreaksItsContractFails() throws Exception {
        assertFails(e -> e.onStart = _ -> EngineConfig.of(""), "names no model");
        assertFails(
                e -> e.onStart = _ -> {
                    throw new NoClassDefFoundError("com/example/Gone");
                },
                "com/example/Gone");
    }

    @Test
    void aCleanupThatFailsTooDoesNotHideWhyTheStartFailed() throws Exception {
        assertFails(
                e -> {
                    e.onStart = _ -> {
                        throw new IllegalStateException("the real reason");
                    };
                    e.onCleanup = _ -> {
                        throw new IllegalStateException("and more");
                    };
                },
                "the real reason");
    }

    @Test
    void oneWorkerThatFailsStopsTheOthersOnceTheirOwnStartsHaveReturned() throws Exception {
        var slow = new ScriptedEngine();
        var slowRuns = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        slow.onStart = _ -> {
            slowRuns.countDown();
            Await.latch(release);
            return EngineConfig.of("slow");
        };
        engine.onStart = _ -> {
            Await.latch(slowRuns);
            throw new IllegalStateException("broken");
        };
        var served = new ScriptedEngine();
        try (var host =
                new TestHost().with("scripted", engine).with("slow", slow).with("served", served)) {
            var start = inBackground(host, workers("{engine: served}", "{engine: slow}", "{engine: scripted}"));
            Await.until(() -> engine.calls.contains("cleanup"));
            Await.until(() ->
                    host.health.parts().stream().anyMatch(part -> part.details().containsKey("last_error")));
            assertThat(slow.calls).containsExactly("start");
            release.countDown();
            assertThat(failure(start)).isInstanceOf(StartException.class).hasMessageContaining("broken");
            assertThat(slow.calls).containsExactly("start", "cleanup");
            assertThat(served.calls).startsWith("start").containsOnlyOnce("cleanup");
            assertThat(engine.calls).containsExactly("start", "cleanup");
            assertThat(host.plane.directory().instances()).isEmpty();
            assertThat(host.health.parts()).isEmpty();
            assertThat(host.scrape()).doesNotContain("worker_id=");
        }
    }

    @Test
    void aStopDuringTheStartLetsItFinishAndThenCleansUp() throws Exception {
        var running = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        engine.onStart = _ -> {
            running.countDown();
            Await.latch(release);
            return EngineConfig.of("m");
        };
        try (var host = new TestHost().with("scripted", engine)) {
            var start = inBackground(host, workers("{engine: scripted}"));
            Await.latch(running);
            host.stop.make(Deadline.in(Duration.ofSeconds(60)));
            release.countDown();
            var role = start.get();
            assertThat(role.served()).isEmpty();
            assertThat(host.plane.directory().instances()).isEmpty();
            assertThat(host.drain()).isTrue();
            assertThat(engine.calls).containsExactly("start", "cleanup");
            assertThat(host.metric("dynamo_component_shutdown_stage_seconds", "cleanup", "completed"))
                    .isPositive();
        }
        assertThat(engine.calls).containsExactly("start", "cleanup");
    }

    @Test
    void aStartThatOutlastsTheShutdownsBudgetIsLeftBehindAndCleansUpAfterItself() throws Exception {
        var running = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        engine.onStart = _ -> {
            running.countDown();
            Await.latch(release);
            return EngineConfig.of("m");
        };
        try (var host = new TestHost().with("scripted", engine)) {
            var start = inBackground(host, workers("{engine: scripted}"));
            Await.latch(running);
            host.stop.make(Deadline.in(Duration.ZERO));
            assertThat(failure(start))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("dynamo/backend/generate/")
                    .hasMessageContaining("left behind");
            assertThat(engine.calls).containsExactly("start");
            release.countDown();
            Await.until(() -> engine.calls.equals(List.of("start", "cleanup")));
        }
    }

    @Test
    void aStartIsLeftBehindAlsoWhenAnotherWorkerHasFailed() throws Exception {
        var slow = new ScriptedEngine();
        var running = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        slow.onStart = _ -> {
            running.countDown();
            Await.latch(release);
            return EngineConfig.of("slow");
        };
        engine.onStart = _ -> {
            throw new IllegalStateException("broken");
        };
        try (var host = new TestHost().with("scripted", engine).with("slow", slow)) {
            var start = inBackground(host, workers("{engine: slow}", "{engine: scripted}"));
            Await.latch(running);
            Await.until(() -> engine.calls.contains("cleanup"));
            host.stop.make(Deadline.in(Duration.ZERO));
            assertThat(failure(start)).isInstanceOf(StartException.class).hasMessageContaining("broken");
            assertThat(slow.calls).containsExactly("start");
            release.countDown();
            Await.until(() -> slow.calls.equals(List.of("start", "cleanup")));
        }
    }

    @Test
    void anErrorOutsideTheEngineFailsTheStartAndLeavesNoInstance() throws Exception {
        try (var host = new TestHost().with("scripted", engine)) {
            host.plane.directory().watch(new Directory.Listener() {
                @Override
                public void joined(Instance instance) {
                    throw new NoClassDefFoundError("com/example/Gone");
                }

                @Override
                public void left(Instance instance) {
                    throw new IllegalStateException("never knew it");
                }
            });
            assertThatExceptionOfType(StartException.class)
                    .isThrownBy(() -> host.start(workers("{engine: scripted}")))
                    .withMessageContaining("com/example/Gone");
            assertThat(engine.calls).endsWith("cleanup").containsOnlyOnce("cleanup");
            assertThat(host.plane.directory().instances()).isEmpty();
            assertThat(host.health.parts()).isEmpty();
        }
    }

    @Test
    void anInterruptDuringTheStartLetsItFinishAndCleansUp() throws Exception {
        var running = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        engine.onStart = _ -> {
            running.countDown();
            Await.latch(release);
            return EngineConfig.of("m");
        };
        try (var host = new TestHost().with("scripted", engine)) {
            var start = new FutureTask<>(() -> host.start(workers("{engine: scripted}")));
            var thread = Thread.ofVirtual().start(start);
            Await.latch(running);
            thread.interrupt();
            release.countDown();
            assertThat(failure(start)).isInstanceOf(InterruptedException.class);
            assertThat(engine.calls).startsWith("start").endsWith("cleanup").doesNotContain("generate");
            assertThat(engine.calls).containsOnlyOnce("cleanup");
        }
    }

    @Test
    void twoWorkersOfOneProcessServeSideBySide() throws Exception {
        var other = new ScriptedEngine();
        other.onGenerate = (_, _, sink) -> sink.finish(FinishReason.LENGTH);
        try (var host = new TestHost().with("scripted", engine).with("other", other)) {
            host.start(workers("{engine: scripted}", "{engine: other, component: second}"));
            var instances = host.plane.directory().instances();
            assertThat(instances).hasSize(2).allMatch(instance -> instance.isReady());
            assertThat(instances)
                    .extracting(instance -> instance.card().component())
                    .containsExactlyInAnyOrder("backend", "second");
            assertThat(instances)
                    .extracting(instance -> instance.card().instanceId())
                    .doesNotHaveDuplicates();
            assertThat(host.metric("dynamo_component_requests_total", "dynamo_component=\"second\""))
                    .isZero();
        }
    }

    @Test
    void mistakesInTheConfigurationAreSaidWhereTheyStand() throws Exception {
        try (var host = new TestHost().with("scripted", engine)) {
            assertThatExceptionOfType(StartException.class)
                    .isThrownBy(() -> host.start("workers: []"))
                    .withMessageContaining("workers: found [], expected at least one worker");
            assertThatExceptionOfType(StartException.class)
                    .isThrownBy(() -> host.start(workers("{engine: scripted, model: {path: /no/where}}")))
                    .withMessageContaining("text:1:")
                    .withMessageContaining("workers[0].model.path: found /no/where, expected a folder");
            assertThatExceptionOfType(StartException.class)
                    .isThrownBy(() -> host.start(workers("{engine: nobody}")))
                    .withMessageContaining("'nobody'");
            assertThatExceptionOfType(StartException.class)
                    .isThrownBy(() -> host.start(workers("{engine: scripted, options: {numbr: 1}}")))
                    .withMessageContaining("workers[0].options.numbr");
            assertThatExceptionOfType(StartException.class)
                    .isThrownBy(() -> host.start(workers("{engine: scripted, options: {number: -1}}")))
                    .withMessageContaining("workers[0].options")
                    .withMessageContaining("engine 'scripted': number -1, expected 0 or more");
            assertThat(engine.calls).isEmpty();
            assertThat(host.health.parts()).isEmpty();
        }
    }

    private static void assertFails(Consumer<ScriptedEngine> script, String message) throws Exception {
        var failing = new ScriptedEngine();
        script.accept(failing);
        try (var host = new TestHost().with("scripted", failing)) {
            assertThatExceptionOfType(StartException.class)
                    .isThrownBy(() -> host.start(workers("{engine: scripted}")))
                    .withMessageContaining("'scripted'")
                    .withMessageContaining("dynamo/backend/generate")
                    .withMessageContaining(message);
            assertThat(failing.calls).startsWith("start").endsWith("cleanup").containsOnlyOnce("cleanup");
            assertThat(host.plane.directory().instances()).isEmpty();
            assertThat(host.health.parts()).isEmpty();
            assertThat(host.scrape()).doesNotContain("worker_id=");
        }
        assertThat(failing.calls).containsOnlyOnce("cleanup");
    }

    private static FutureTask<RunningRole> inBackground(TestHost host, String yaml) {
        var start = new FutureTask<>(() -> host.start(yaml));
        Thread.ofVirtual().start(start);
        return start;
    }

    private static Throwable failure(FutureTask<?> task) throws Exception {
        try {
            throw new AssertionError("succeeded: " + task.get(20, TimeUnit.SECONDS));
        } catch (java.util.concurrent.ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }
}
