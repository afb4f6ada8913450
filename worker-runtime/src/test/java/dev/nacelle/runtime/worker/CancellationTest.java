package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.metrics.Chain;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.ModelLabels;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.InFlight;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private final ScriptedEngine engine = new ScriptedEngine();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Test
    void reachesTheEngineInTheContractsOrderOnceEach() throws Exception {
        var running = new CountDownLatch(1);
        engine.onGenerate = (_, context, sink) -> {
            context.onCancel(() -> seen.add("action 1, cancelled " + context.isCancelled()));
            context.onCancel(() -> {
                seen.add("action 2");
                throw new IllegalStateException("is logged");
            });
            context.onCancel(() -> seen.add("action 3"));
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                seen.add("interrupted");
                context.onCancel(() -> seen.add("at once"));
                sink.finish(FinishReason.CANCELLED);
                throw e;
            }
        };
        engine.onAbort = _ -> seen.add("abort");
        try (var host = TestHost.serving(engine)) {
            var sent = host.send();
            Await.latch(running);
            sent.call().cancel(CancelCause.CLIENT_GONE);
            sent.call().cancel(CancelCause.CLIENT_GONE);
            sent.call().cancel(CancelCause.SHUTDOWN);
            assertThat(sent.reader().reason()).isEqualTo(FinishReason.CANCELLED);
            Await.until(() -> host.metric("dynamo_component_inflight_requests") == 0);
            assertThat(seen)
                    .containsExactly(
                            "action 1, cancelled true", "action 2", "action 3", "abort", "interrupted", "at once");
            assertThat(host.metric("dynamo_component_cancellation_total")).isEqualTo(1);
            assertThat(host.metric("nacelle_cancel_propagation_seconds_count", "runtime=\"java\""))
                    .isEqualTo(1);
            assertThat(sent.reader().offences).isEmpty();
        }
    }

    @Test
    void aSatisfiedReaderIsNeitherAnErrorNorACancellationInTheCounts() throws Exception {
        engine.onGenerate = (_, context, sink) -> {
            sink.token(1);
            var cancelled = new CountDownLatch(1);
            context.onCancel(cancelled::countDown);
            Await.stubbornly(cancelled);
            sink.finish(FinishReason.CANCELLED);
        };
        try (var host = TestHost.serving(engine)) {
            var sent = host.send();
            Await.until(() -> sent.reader().tokens.size() == 1);
            sent.call().cancel(CancelCause.SATISFIED);
            assertThat(sent.reader().reason()).isEqualTo(FinishReason.CANCELLED);
            Await.until(() -> host.metric("dynamo_component_inflight_requests") == 0);
            assertThat(host.metric("dynamo_component_cancellation_total")).isZero();
            assertThat(host.metric("nacelle_cancel_propagation_seconds_count", "runtime=\"java\""))
                    .isZero();
            assertThat(host.scrape().lines().filter(line -> line.startsWith("dynamo_component_errors_total")))
                    .allMatch(line -> line.endsWith(" 0.0"));
        }
    }

    @Test
    void aTimeOutIsAnErrorOfTheEnginesAndNoCancellationInTheCounts() throws Exception {
        engine.onGenerate = (_, _, sink) -> {
            sink.token(1);
            new CountDownLatch(1).await();
        };
        try (var host = TestHost.serving(engine)) {
            var sent = host.send();
            Await.until(() -> sent.reader().tokens.size() == 1);
            sent.call().cancel(CancelCause.TIMEOUT);
            assertThat(sent.reader().error()).isInstanceOf(EngineError.ResponseTimeout.class);
            Await.until(() -> host.metric("dynamo_component_inflight_requests") == 0);
            assertThat(engine.calls).contains("abort");
            assertThat(host.metric("dynamo_component_errors_total", "error_type=\"response_stream\""))
                    .isEqualTo(1);
            assertThat(host.metric("dynamo_component_cancellation_total")).isZero();
            assertThat(host.metric("nacelle_cancel_propagation_seconds_count", "runtime=\"java\""))
                    .isZero();
        }
    }

    @Test
    void aReaderMayGiveUpFromWithinAnItem() throws Exception {
        var call = new AtomicReference<@Nullable InFlight>();
        var reader = new Reader(Integer.MAX_VALUE, () -> {
            Await.until(() -> call.get() != null);
            Objects.requireNonNull(call.get()).cancel(CancelCause.SATISFIED);
        });
        engine.onGenerate = (_, context, sink) -> {
            sink.token(1);
            seen.add("cancelled " + context.isCancelled());
            sink.token(2);
        };
        try (var host = TestHost.serving(engine)) {
            call.set(host.send(reader).call());
            assertThat(reader.reason()).isEqualTo(FinishReason.CANCELLED);
            Await.until(() -> host.metric("dynamo_component_inflight_requests") == 0);
            assertThat(reader.tokens).containsExactly(1);
            assertThat(reader.offences).isEmpty();
            assertThat(seen).containsExactly("cancelled true");
        }
    }

    @Test
    void anOverflowingQueueCostsItsOwnStreamOnly() throws Exception {
        engine.onGenerate = (_, context, sink) -> {
            for (int i = 0; i < 10; i++) sink.token(i);
            seen.add("cancelled " + context.isCancelled());
            if (!context.isCancelled()) sink.finish(FinishReason.LENGTH);
        };
        try (var host = TestHost.serving(engine)) {
            var slow = host.send(new Reader(4)).reader();
            assertThat(slow.error()).isInstanceOf(EngineError.Overloaded.class);
            assertThat(slow.tokens).hasSize(4);
            assertThat(slow.offences).isEmpty();
            assertThat(host.send().reader().reason()).isEqualTo(FinishReason.LENGTH);
            Await.until(() -> seen.size() == 2);
            assertThat(seen).containsExactlyInAnyOrder("cancelled true", "cancelled false");
            Await.until(() -> engine.calls.contains("abort"));
            Await.until(() -> host.metric("dynamo_component_errors_total", "error_type=\"publish_response\"") == 1);
            assertThat(host.metric("dynamo_component_cancellation_total")).isZero();
        }
    }

    @Test
    void afterTheTerminalItDoesNothing() throws Exception {
        try (var host = TestHost.serving(engine)) {
            var sent = host.send();
            assertThat(sent.reader().reason()).isEqualTo(FinishReason.STOP);
            sent.call().cancel(CancelCause.CLIENT_GONE);
            assertThat(host.metric("dynamo_component_cancellation_total")).isZero();
            assertThat(engine.calls).doesNotContain("abort");
        }
    }

    @Test
    void theReaderNeedNotWaitForAnEngineThatIgnoresIt() throws Exception {
        var release = new CountDownLatch(1);
        var running = new CountDownLatch(1);
        engine.onGenerate = (_, _, _) -> {
            running.countDown();
            Await.stubbornly(release);
        };
        try (var host = new TestHost().with("scripted", engine)) {
            host.startWorker("{engine: scripted}", Duration.ofMillis(20));
            var sent = host.send();
            Await.latch(running);
            sent.call().cancel(CancelCause.CLIENT_GONE);
            assertThat(sent.reader().reason()).isEqualTo(FinishReason.CANCELLED);
            Await.until(() -> host.worker().state().equals("degraded"));
            assertThat(host.worker().ready()).isTrue();
            assertThat(host.worker().details())
                    .extractingByKey("message")
                    .asString()
                    .contains("still run");
            release.countDown();
            Await.until(() -> host.worker().state().equals("serving"));
            Await.until(() -> host.metric("dynamo_component_inflight_requests") == 0);
        }
    }

    @Test
    void aRequestGivenUpBeforeTheEngineSawItNeverReachesIt() throws Exception {
        try (var metrics = RuntimeMetrics.open(new PrometheusRegistry(), new MetricsConfig(false));
                var scope = metrics.worker(new Chain("dynamo", "backend", "generate", 1), ModelLabels.NONE)) {
            var watch = new ContractWatch("scripted");
            var calls = new EngineCalls(
                    new Engine("scripted", engine),
                    watch,
                    new WorkerHealth("w", watch),
                    scope.requests(),
                    scope.cancelPropagation("java"),
                    Duration.ofSeconds(2));
            var reader = new Reader();
            var call = new EngineCall(
                    calls,
                    TestHost.request(),
                    RequestHead.of("early"),
                    reader,
                    calls.gate().enter(),
                    null);
            call.cancel(CancelCause.CLIENT_GONE);
            assertThat(reader.reason()).isEqualTo(FinishReason.CANCELLED);
            call.start();
            Await.until(() -> calls.gate().inFlight() == 0);
            assertThat(engine.calls).isEmpty();
        }
    }

    @Test
    void anAbortThatThrowsDoesNotKeepTheThreadFromItsInterrupt() throws Exception {
        var running = new CountDownLatch(1);
        engine.onGenerate = (_, _, _) -> {
            running.countDown();
            new CountDownLatch(1).await();
        };
        engine.onAbort = _ -> {
            throw new AssertionError("is logged");
        };
        try (var host = TestHost.serving(engine)) {
            var sent = host.send();
            Await.latch(running);
            sent.call().cancel(CancelCause.CLIENT_GONE);
            Await.until(() -> host.metric("dynamo_component_inflight_requests") == 0);
            assertThat(sent.reader().reason()).isEqualTo(FinishReason.CANCELLED);
        }
    }
}
