package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.nacelle.runtime.plane.Directory;
import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.runtime.plane.Lease;
import dev.nacelle.runtime.plane.LocalPlane;
import dev.nacelle.runtime.plane.Plane;
import dev.nacelle.runtime.plane.RequestHandler;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.WorkerCard;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private final ScriptedEngine engine = new ScriptedEngine();
    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    void aQuietWorkerGoesThroughItsStagesAndNamesThoseThatDoNotApply() throws Exception {
        try (var host = TestHost.serving(engine)) {
            assertThat(host.drain()).isTrue();
            assertThat(stage(host, "unregister", "completed")).isPositive();
            assertThat(stage(host, "router_grace", "skipped")).isPositive();
            assertThat(stage(host, "stop_admission", "completed")).isPositive();
            assertThat(stage(host, "inflight", "completed")).isPositive();
            assertThat(stage(host, "kv_transfer", "skipped")).isPositive();
            assertThat(stage(host, "cleanup", "completed")).isPositive();
            assertThat(host.metric("dynamo_component_cleanup_time_seconds")).isPositive();
            assertThat(host.metric("dynamo_component_drain_time_seconds")).isPositive();
            assertThat(host.worker().state()).isEqualTo("stopped");
        }
    }

    @Test
    void everyRunningStreamFinishesAndNothingNewIsTaken() throws Exception {
        engine.onGenerate = (_, _, sink) -> {
            sink.token(1);
            Await.latch(release);
            sink.token(2);
            sink.finish(FinishReason.STOP);
        };
        try (var host = TestHost.serving(engine)) {
            var instance = host.instance();
            var sent = new ArrayList<TestHost.Sent>();
            for (int i = 0; i < 8; i++) sent.add(host.send());
            sent.forEach(each -> Await.until(() -> each.reader().tokens.size() == 1));
            var drain = drainInBackground(host);
            Await.until(() -> "inflight".equals(host.worker().details().get("message")));
            assertThat(host.worker().details()).containsEntry("in_flight", 8L);
            assertThat(host.plane.directory().instances()).isEmpty();
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> instance.dispatch(TestHost.request(), RequestHead.of("late"), new Reader()));
            assertThat(engine.calls).doesNotContain("drain");
            release.countDown();
            assertThat(drain.get()).isTrue();
            for (var each : sent) {
                assertThat(each.reader().reason()).isEqualTo(FinishReason.STOP);
                assertThat(each.reader().tokens).containsExactly(1, 2);
            }
            assertThat(engine.calls).endsWith("drain", "cleanup").containsOnlyOnce("drain");
        }
    }

    @Test
    void atTheDeadlineStreamsEndWithATypedErrorAndTheCleanupStillRuns() throws Exception {
        engine.onGenerate = (_, _, sink) -> {
            sink.token(1);
            new CountDownLatch(1).await();
        };
        try (var host = TestHost.serving(engine)) {
            var reader = host.send().reader();
            Await.until(() -> reader.tokens.size() == 1);
            assertThat(host.drain(SHORT)).isFalse();
            assertThat(reader.error()).isInstanceOf(EngineError.EngineShutdown.class);
            assertThat(engine.calls).containsSubsequence("abort", "cleanup");
            assertThat(stage(host, "inflight", "deadline")).isPositive();
            assertThat(stage(host, "cleanup", "completed")).isPositive();
            assertThat(host.metric("dynamo_component_cancellation_total")).isZero();
        }
    }

    @Test
    void anEngineThatIgnoresEvenTheDeadlineIsCleanedUpUnderItsStreams() throws Exception {
        engine.onGenerate = (_, _, sink) -> {
            sink.token(1);
            Await.stubbornly(release);
        };
        try (var host = TestHost.serving(engine)) {
            var reader = host.send().reader();
            Await.until(() -> reader.tokens.size() == 1);
            assertThat(host.drain(SHORT)).isFalse();
            assertThat(reader.error()).isInstanceOf(EngineError.EngineShutdown.class);
            assertThat(engine.calls).endsWith("cleanup").doesNotContain("drain");
            release.countDown();
        }
    }

    @Test
    void aCleanupThatHangsIsInterruptedAndCountedAsTooLate() throws Exception {
        var interrupted = new CountDownLatch(1);
        engine.onCleanup = _ -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return true;
        };
        try (var host = TestHost.serving(engine)) {
            assertThat(host.drain(SHORT)).isFalse();
            Await.latch(interrupted);
            assertThat(stage(host, "cleanup", "deadline")).isPositive();
        }
        assertThat(engine.calls).containsOnlyOnce("cleanup");
    }

    @Test
    void aCleanupThatThrowsIsAFailedStage() throws Exception {
        engine.onCleanup = _ -> {
            throw new IllegalStateException("handle is gone");
        };
        try (var host = TestHost.serving(engine)) {
            assertThat(host.drain()).isFalse();
            assertThat(stage(host, "cleanup", "failed")).isPositive();
        }
    }

    @Test
    void aDrainThatThrowsIsNoReasonNotToCleanUp() throws Exception {
        engine.onDrain = _ -> {
            throw new IllegalStateException("cannot");
        };
        try (var host = TestHost.serving(engine)) {
            assertThat(host.drain()).isFalse();
            assertThat(stage(host, "inflight", "failed")).isPositive();
            assertThat(engine.calls).endsWith("drain", "cleanup");
        }
    }

    @Test
    void anErrorOutsideTheEngineIsAFailedStageAndNoReasonNotToCleanUp() throws Exception {
        try (var host = TestHost.serving(engine)) {
            host.plane.directory().watch(new Directory.Listener() {
                @Override
                public void joined(Instance instance) {}

                @Override
                public void left(Instance instance) {
                    throw new NoClassDefFoundError("com/example/Gone");
                }
            });
            assertThat(host.drain()).isFalse();
            assertThat(stage(host, "unregister", "failed")).isPositive();
            assertThat(engine.calls).endsWith("drain", "cleanup");
        }
    }

    @Test
    void aPrefillWorkerWaitsForItsTransfers() throws Exception {
        var polls = new AtomicInteger();
        engine.onQuiescent = _ -> Optional.of(polls.incrementAndGet() == 2);
        try (var host = TestHost.serving(engine, "disaggregation: prefill")) {
            assertThat(host.drain()).isTrue();
            assertThat(stage(host, "kv_transfer", "completed")).isPositive();
            assertThat(engine.calls).endsWith("drain", "isQuiescent", "isQuiescent", "cleanup");
        }
    }

    @Test
    void transfersThatStillRunAtTheEndOfTheirShareAreAFailureToDrain() throws Exception {
        engine.onQuiescent = _ -> Optional.of(false);
        try (var host = TestHost.serving(engine, "disaggregation: prefill")) {
            assertThat(host.drain(SHORT)).isFalse();
            assertThat(stage(host, "kv_transfer", "deadline")).isPositive();
            assertThat(engine.calls).endsWith("cleanup");
        }
    }

    @Test
    void anEngineThatCannotTellHasItsShareWaitedOutAndThatIsNoFailure() throws Exception {
        engine.onQuiescent = _ -> Optional.empty();
        try (var host = TestHost.serving(engine, "disaggregation: prefill")) {
            assertThat(host.drain(SHORT)).isTrue();
            assertThat(stage(host, "kv_transfer", "deadline")).isPositive();
        }
    }

    @Test
    void routersElsewhereMaySendForAWhileAfterTheWorkerIsUnregistered() throws Exception {
        var plane = new RemotePlane();
        try (var host = new TestHost(plane).with("scripted", engine)) {
            host.start(TestHost.workers("{engine: scripted, router_grace: 300ms}"));
            var drain = drainInBackground(host);
            Await.until(() -> "router_grace".equals(host.worker().details().get("message")));
            assertThat(host.plane.directory().instances()).isEmpty();
            var reader = new Reader();
            plane.handler().handle(TestHost.request(), RequestHead.of("late"), reader);
            assertThat(reader.reason()).isEqualTo(FinishReason.STOP);
            assertThat(drain.get()).isTrue();
            assertThat(stage(host, "router_grace", "completed")).isGreaterThanOrEqualTo(0.3);
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> plane.handler().handle(TestHost.request(), RequestHead.of("later"), reader))
                    .satisfies(e -> assertThat(e.error()).isInstanceOf(EngineError.Draining.class));
        }
    }

    @Test
    void aProbeThatHangsDoesNotHoldTheShutdownUp() throws Exception {
        engine.probe = Optional.of(GenerateRequest.of("scripted", new Prompt.Tokens(1), 1));
        engine.onGenerate = (_, _, _) -> {
            Await.stubbornly(release);
        };
        try (var host = TestHost.serving(engine, "canary: {interval: 1ms, timeout: 10s}")) {
            Await.until(() -> engine.calls.contains("generate"));
            assertThat(host.drain(SHORT)).isTrue();
            assertThat(engine.calls).endsWith("cleanup");
            release.countDown();
        }
    }

    @Test
    void closingWithoutADrainCleansUpToo() throws Exception {
        try (var _ = TestHost.serving(engine)) {
            assertThat(engine.calls).doesNotContain("cleanup");
        }
        assertThat(engine.calls).endsWith("drain", "cleanup");
    }

    @Test
    void aClosedWorkerLeavesNoSeriesAndNoPartBehind() throws Exception {
        var host = TestHost.serving(engine);
        host.send().reader().reason();
        host.roles().forEach(role -> {
            role.close();
            role.close();
        });
        assertThat(host.scrape()).doesNotContain("worker_id=");
        assertThat(host.health.parts()).isEmpty();
        assertThat(engine.calls).containsOnlyOnce("cleanup");
        host.close();
    }

    private static double stage(TestHost host, String stage, String reason) {
        return host.metric(
                "dynamo_component_shutdown_stage_seconds",
                "stage=\"%s\"".formatted(stage),
                "reason=\"%s\"".formatted(reason));
    }

    private static FutureTask<Boolean> drainInBackground(TestHost host) {
        var drain = new FutureTask<>(host::drain);
        Thread.ofVirtual().start(drain);
        return drain;
    }

    /** A plane as it looks to a worker when routers are elsewhere: they may still hold the handler. */
    private static final class RemotePlane implements Plane {
        private final LocalPlane local = new LocalPlane();
        private final AtomicReference<@Nullable RequestHandler> handler = new AtomicReference<>();

        RequestHandler handler() {
            return Objects.requireNonNull(handler.get());
        }

        @Override
        public Lease register(WorkerCard card, RequestHandler to) {
            handler.set(to);
            return local.register(card, to);
        }

        @Override
        public Directory directory() {
            return local.directory();
        }

        @Override
        public boolean isRemote() {
            return true;
        }

        @Override
        public void close() {
            local.close();
        }
    }
}
