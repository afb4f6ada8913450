package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.runtime.plane.CancelCause;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How a request ends, when it is not cancelled. */
class RequestTest {
    private final ScriptedEngine engine = new ScriptedEngine();

    @Test
    void anErrorBeforeTheFirstItemReachesTheReaderAndIsCounted() throws Exception {
        engine.onGenerate = (_, _, _) -> {
            throw EngineException.invalid("top_k is not known");
        };
        try (var host = TestHost.serving(engine)) {
            assertThat(host.send().reader().error()).isEqualTo(new EngineError.InvalidArgument("top_k is not known"));
            Await.until(() -> host.metric("dynamo_component_errors_total", "error_type=\"generate\"") == 1);
            assertThat(host.metric("dynamo_component_errors_total", "error_type=\"response_stream\""))
                    .isZero();
        }
    }

    @Test
    void anErrorInTheMiddleOfAStreamIsCountedAsSuch() throws Exception {
        engine.onGenerate = (_, _, sink) -> {
            sink.token(1);
            throw new EngineException(new EngineError.Disconnected("the other half is gone"));
        };
        try (var host = TestHost.serving(engine)) {
            var reader = host.send().reader();
            assertThat(reader.error()).isInstanceOf(EngineError.Disconnected.class);
            assertThat(reader.tokens).containsExactly(1);
            Await.until(() -> host.metric("dynamo_component_errors_total", "error_type=\"response_stream\"") == 1);
        }
    }

    @Test
    void whateverElseAnEngineThrowsBecomesUnknownNamingIt() throws Exception {
        try (var host = TestHost.serving(engine)) {
            engine.onGenerate = (_, _, _) -> {
                throw new IllegalStateException("no such layer");
            };
            assertThat(host.send().reader().error())
                    .isEqualTo(new EngineError.Unknown("engine 'scripted' failed; the server's log says how"));
            engine.onGenerate = (_, _, _) -> {
                throw new StackOverflowError();
            };
            assertThat(host.send().reader().error()).isInstanceOf(EngineError.Unknown.class);
            engine.onGenerate = (_, _, _) -> {
                throw new InterruptedException("by nobody");
            };
            assertThat(host.send().reader().error()).isInstanceOf(EngineError.Unknown.class);
        }
    }

    @Test
    void returningWithoutATerminalIsAnErrorThatNamesTheEngine() throws Exception {
        engine.onGenerate = (_, _, sink) -> sink.token(1);
        try (var host = TestHost.serving(engine)) {
            assertThat(host.send().reader().error())
                    .isInstanceOfSatisfying(
                            EngineError.StreamIncomplete.class,
                            error -> assertThat(error.message()).contains("'scripted'", "without a terminal"));
            assertThat(host.worker().details()).containsEntry("contract_breaches", Map.of("no_terminal", 1L));
        }
    }

    @Test
    void throwingAfterTheTerminalChangesNothingForTheReader() throws Exception {
        engine.onGenerate = (_, _, sink) -> {
            sink.finish(FinishReason.STOP);
            throw new IllegalStateException("too late");
        };
        try (var host = TestHost.serving(engine)) {
            var reader = host.send().reader();
            assertThat(reader.reason()).isEqualTo(FinishReason.STOP);
            Await.until(() -> host.worker().details().containsKey("contract_breaches"));
            assertThat(reader.offences).isEmpty();
        }
    }

    @Test
    void aSinkUsedByTwoThreadsAtOnceEndsTheStreamAsABrokenContract() throws Exception {
        var inside = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var reader = new Reader(Integer.MAX_VALUE, () -> {
            inside.countDown();
            Await.latch(release);
        });
        engine.onGenerate = (_, _, sink) -> {
            var other = Thread.ofVirtual().start(() -> sink.token(1));
            Await.latch(inside);
            sink.token(2);
            release.countDown();
            other.join();
        };
        try (var host = TestHost.serving(engine)) {
            assertThat(host.send(reader).reader().error())
                    .isInstanceOfSatisfying(
                            EngineError.Unknown.class,
                            error -> assertThat(error.message()).contains("'scripted'", "two threads"));
            assertThat(reader.tokens).containsExactly(1);
            assertThat(reader.offences).isEmpty();
        }
    }

    @Test
    void aReaderThatThrowsEndsItsOwnStreamOnly() throws Exception {
        var told = new CountDownLatch(1);
        engine.onGenerate = (_, context, sink) -> {
            context.onCancel(told::countDown);
            sink.token(1);
            Await.stubbornly(told);
            sink.finish(FinishReason.CANCELLED);
        };
        var broken = new Reader(Integer.MAX_VALUE, () -> {
            throw new IllegalStateException("no more paper");
        });
        try (var host = TestHost.serving(engine)) {
            assertThat(host.send(broken).reader().error())
                    .isInstanceOfSatisfying(
                            EngineError.Unknown.class,
                            error -> assertThat(error.message()).contains("could not be delivered"));
            engine.onGenerate = (_, _, sink) -> sink.finish(FinishReason.STOP);
            assertThat(host.send().reader().reason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void aRequestIsCountedTimedAndCountedOut() throws Exception {
        try (var host = TestHost.serving(engine)) {
            assertThat(host.metric("dynamo_component_requests_total")).isZero();
            host.send().reader().reason();
            Await.until(() -> host.metric("dynamo_component_request_duration_seconds_count") == 1);
            assertThat(host.metric("dynamo_component_requests_total")).isEqualTo(1);
            assertThat(host.metric("dynamo_component_inflight_requests")).isZero();
            assertThat(host.metric("dynamo_work_handler_time_to_first_response_seconds_count"))
                    .isEqualTo(1);
        }
    }

    @Test
    void theEngineSeesTheRequestsHeadOnAVirtualThread() throws Exception {
        var right = new AtomicBoolean();
        engine.onGenerate = (request, context, sink) -> {
            context.metadata().put("more", "of it");
            right.set(context.id().equals("id-1")
                    && context.metadata().equals(Map.of("tenant", "a", "more", "of it"))
                    && context.traceHeaders().equals(Map.of("traceparent", "00-1"))
                    && request.tokenIds().size() == 3
                    && Thread.currentThread().isVirtual());
            sink.finish(FinishReason.STOP);
        };
        try (var host = TestHost.serving(engine)) {
            var reader = new Reader();
            var head = new RequestHead("id-1", Map.of("tenant", "a"), Map.of("traceparent", "00-1"));
            host.instance().dispatch(TestHost.request(), head, reader);
            reader.reason();
            assertThat(right).isTrue();
        }
    }

    @Test
    void manyStreamsOfOneBatchThreadSomeOfThemCancelledAllEndAndAreCountedOut() throws Exception {
        var batch = new Batch();
        engine.onGenerate = (request, context, sink) -> batch.serve(context, sink);
        try (var host = TestHost.serving(engine);
                batch) {
            var sent = new ArrayList<TestHost.Sent>();
            for (int i = 0; i < 300; i++) {
                sent.add(host.send());
                if (i % 3 == 0)
                    sent.get(ThreadLocalRandom.current().nextInt(sent.size()))
                            .call()
                            .cancel(CancelCause.CLIENT_GONE);
            }
            for (var each : sent) {
                assertThat(each.reader().reason()).isIn(FinishReason.LENGTH, FinishReason.CANCELLED);
                assertThat(each.reader().offences).isEmpty();
                if (each.reader().reason() == FinishReason.LENGTH)
                    assertThat(each.reader().tokens).hasSize(Batch.LENGTH);
            }
            Await.until(() -> host.metric("dynamo_component_inflight_requests") == 0);
            assertThat(host.metric("dynamo_component_requests_total")).isEqualTo(300);
            assertThat(host.metric("dynamo_component_cancellation_total")).isEqualTo((double) sent.stream()
                    .filter(each -> each.reader().reason() == FinishReason.CANCELLED)
                    .count());
            assertThat(host.worker().details()).doesNotContainKey("contract_breaches");
        }
    }

    @Test
    void anExceptionThatCannotSayWhatItIsStillEndsItsRequest() throws Exception {
        engine.onGenerate = (_, _, _) -> {
            throw new IllegalStateException() {
                private static final long serialVersionUID = 1L;

                @Override
                public String getMessage() {
                    throw new IllegalStateException("not even this");
                }
            };
        };
        try (var host = TestHost.serving(engine)) {
            assertThat(host.send().reader().error().message()).contains("'scripted' failed");
            Await.until(() -> host.metric("dynamo_component_inflight_requests") == 0);
        }
    }
}
