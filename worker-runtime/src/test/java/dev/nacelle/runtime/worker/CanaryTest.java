package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CanaryTest {
    /** Looks all the time. */
    private static final String EAGER = "canary: {interval: 2ms, timeout: 10s, stall: 1h}";

    private final ScriptedEngine engine = new ScriptedEngine();
    private final AtomicInteger probes = new AtomicInteger();

    CanaryTest() {
        engine.probe = Optional.of(GenerateRequest.of("scripted", new Prompt.Tokens(1), 1));
    }

    @Test
    void anIdleEngineIsProbedWithTheRequestItOfferedAndNoMetricCountsIt() throws Exception {
        engine.onGenerate = (request, _, sink) -> {
            if (request.healthCheck()) probes.incrementAndGet();
            sink.token(1);
            sink.finish(FinishReason.LENGTH);
        };
        try (var host = TestHost.serving(engine, EAGER)) {
            Await.until(() -> probes.get() >= 3);
            assertThat(host.worker().state()).isEqualTo("serving");
            assertThat(host.metric("dynamo_component_requests_total")).isZero();
            assertThat(host.metric("dynamo_component_inflight_requests")).isZero();
            assertThat(host.metric("dynamo_work_handler_time_to_first_response_seconds_count"))
                    .isZero();
        }
    }

    @Test
    void oneThatFailsItsProbeIsNotReadyUntilItAnswersAgain() throws Exception {
        var answers = new AtomicReference<>("well");
        engine.onGenerate = (_, _, sink) -> {
            if (answers.get().equals("ill")) throw new IllegalStateException("out of memory");
            sink.finish(FinishReason.LENGTH);
        };
        try (var host = TestHost.serving(engine, EAGER)) {
            assertThat(host.instance().isReady()).isTrue();
            answers.set("ill");
            Await.until(() -> !host.instance().isReady());
            assertThat(host.worker().state()).isEqualTo("unresponsive");
            assertThat(host.health.isReady()).isFalse();
            assertThat(host.worker().details())
                    .extractingByKey("last_error")
                    .asString()
                    .contains("engine 'scripted' failed; the server's log says how");
            answers.set("well");
            Await.until(() -> host.instance().isReady());
            assertThat(host.worker().state()).isEqualTo("serving");
        }
    }

    @Test
    void oneThatHangsInItsProbeIsNotProbedAgainBeforeItReturns() throws Exception {
        var release = new CountDownLatch(1);
        engine.onGenerate = (_, _, sink) -> {
            probes.incrementAndGet();
            Await.stubbornly(release);
            sink.finish(FinishReason.LENGTH);
        };
        try (var host = TestHost.serving(engine, "canary: {interval: 1ms, timeout: 5ms}")) {
            Await.until(() -> host.worker()
                    .details()
                    .getOrDefault("message", "")
                    .toString()
                    .contains("still runs"));
            assertThat(probes).hasValue(1);
            assertThat(host.worker().ready()).isFalse();
            release.countDown();
            Await.until(() -> host.worker().ready());
        }
    }

    @Test
    void aBusyEngineIsJudgedByItsProgressAndNotProbed() throws Exception {
        var go = new CountDownLatch(1);
        engine.onGenerate = (request, _, sink) -> {
            if (request.healthCheck()) {
                sink.finish(FinishReason.LENGTH);
                return;
            }
            sink.token(1);
            Await.latch(go);
            sink.token(2);
            sink.finish(FinishReason.STOP);
        };
        try (var host = TestHost.serving(engine, "canary: {interval: 2ms, stall: 20ms}")) {
            var sent = host.send();
            Await.until(() -> host.worker().state().equals("unresponsive"));
            assertThat(host.worker().details())
                    .extractingByKey("message")
                    .asString()
                    .contains("no token for");
            go.countDown();
            assertThat(sent.reader().reason()).isEqualTo(FinishReason.STOP);
            Await.until(() -> host.worker().ready());
        }
    }

    @Test
    void aStreamThatWaitsForItsReaderIsNotTheEnginesFault() throws Exception {
        engine.onGenerate = (request, _, sink) -> {
            for (int i = 0; i < 3 && !request.healthCheck(); i++) {
                sink.awaitWritable();
                sink.token(i);
            }
            sink.finish(FinishReason.LENGTH);
        };
        try (var host = TestHost.serving(engine, "canary: {interval: 1ms, stall: 1ms}")) {
            var slow = host.send(new Reader(2));
            Await.until(() -> slow.reader().tokens.size() == 2);
            // On a busy machine the engine may have been the slow one until here.
            Await.until(() -> host.worker().state().equals("serving"));
            var looks = new AtomicInteger();
            Await.until(() -> {
                assertThat(host.worker().state()).isEqualTo("serving");
                return looks.incrementAndGet() > 50;
            });
            slow.call().cancel(CancelCause.CLIENT_GONE);
        }
    }

    @Test
    void anEngineThatOffersNoProbeOrWhoseCanaryIsOffIsLeftAlone() throws Exception {
        engine.onGenerate = (_, _, _) -> probes.incrementAndGet();
        try (var off = TestHost.serving(engine, "canary: {enabled: false, interval: 1ms}")) {
            assertThat(off.worker().ready()).isTrue();
        }
        engine.probe = Optional.empty();
        try (var none = TestHost.serving(engine, EAGER)) {
            assertThat(none.worker().ready()).isTrue();
        }
        assertThat(probes).hasValue(0);
    }
}
