package dev.nacelle.python;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.TokenLogProb;
import dev.nacelle.spi.request.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for requests to an engine whichever way Python runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StreamContract {
    private LogLines log = LogLines.open();
    private TinyHost host;

    @SuppressWarnings("NullAway.Init") // by start()
    StreamContract() {}

    abstract PythonOptions options(String className, Object args);

    @BeforeAll
    void start() throws Exception {
        host = TinyHost.serving(options("probe_engine:ProbeEngine", Map.of("model", "mine")));
    }

    @AfterAll
    void stop() throws Exception {
        long before = cleanups();
        host.close();
        host.engine.cleanup(); // a second time does nothing
        assertThat(cleanups()).isEqualTo(before + 1);
        log.close();
    }

    private long cleanups() {
        return log.all().stream().filter(line -> line.contains("cleaned up")).count();
    }

    TinyHost host() {
        return host;
    }

    LogLines log() {
        return log;
    }

    /** What the engine got with its last request. */
    Map<?, ?> seen() throws Exception {
        return (Map<?, ?>) requireNonNull(look().get("seen"));
    }

    static Map<?, ?> request(Map<?, ?> seen) {
        return (Map<?, ?>) requireNonNull(seen.get("request"));
    }

    Map<String, Object> look() throws Exception {
        return host.control("look", Map.of());
    }

    @Test
    void eightStreamsEachGetTheirOwnTokensInOrder() throws Exception {
        var calls = IntStream.range(0, 8)
                .mapToObj(i -> host.ask(Python.request(500 + i, "count")))
                .toList();
        for (int i = 0; i < calls.size(); i++) {
            assertThat(calls.get(i).tokens())
                    .isEqualTo(IntStream.range(0, 500 + i).boxed().toList());
            assertThat(calls.get(i).reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(calls.get(i).usage()).isEqualTo(new Usage(3, 500 + i, 1));
        }
    }

    @Test
    void aRequestArrivesInPythonsShape() throws Exception {
        var request = new GenerateRequest(
                "m",
                Task.GENERATE,
                new Prompt.Tokens(4, 5),
                SamplingOptions.greedy().withSeed(9),
                new StopConditions(OptionalInt.of(1), 1, TokenIds.of(3), List.of("x"), true),
                new OutputOptions(OptionalInt.of(2), OptionalInt.empty(), false),
                OptionalInt.of(1),
                Map.of("disaggregated_params", Map.of("handle", "h")),
                false,
                OptionalInt.of(5),
                Optional.of(Instant.ofEpochMilli(1_000)),
                Map.of("mode", "count", "user", "é", "task", "embed"));
        var call = host.ask(request);
        assertThat(call.tokens()).containsExactly(0);
        var seen = seen();
        var arrived = request(seen);
        assertThat(arrived.get("token_ids")).isEqualTo(List.of(4, 5));
        assertThat(arrived.get("model")).isEqualTo("m");
        assertThat(arrived.get("task")).as("whatever a caller's body says").isEqualTo("generate");
        assertThat(arrived.get("sampling_options")).isEqualTo(Map.of("temperature", 0.0, "seed", 9));
        assertThat(arrived.get("stop_conditions"))
                .isEqualTo(Map.of(
                        "max_tokens",
                        1,
                        "min_tokens",
                        1,
                        "stop_token_ids",
                        List.of(3),
                        "stop",
                        List.of("x"),
                        "ignore_eos",
                        true));
        assertThat(arrived.get("output_options")).isEqualTo(Map.of("logprobs", 2, "skip_special_tokens", false));
        assertThat(arrived.get("routing")).isEqualTo(Map.of("dp_rank", 1, "priority", 5, "deadline_ms", 1_000));
        assertThat(arrived.get("prefill_result")).isEqualTo(Map.of("disaggregated_params", Map.of("handle", "h")));
        assertThat(arrived.get("user")).isEqualTo("é");
        assertThat(seen.get("id")).isEqualTo(call.id());
        assertThat(seen.get("metadata")).isEqualTo(Map.of("tenant", "a"));
        assertThat(seen.get("trace_id")).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void richChunksArriveWhole() throws Exception {
        var call = host.ask(Python.request(9, "rich"));
        assertThat(call.tokens()).containsExactly(5, 6, 8);
        assertThat(call.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(call.usage()).isEqualTo(new Usage(3, 3, 2));
        var first = call.chunks().getFirst();
        assertThat(first.logProbs())
                .containsExactly(
                        new TokenLogProb(5, -0.5, List.of(new TokenLogProb.Candidate(5, -0.5))),
                        new TokenLogProb(6, -1.5, List.of()));
        assertThat(first.engineData()).containsEntry("note", "é").containsEntry("nan", Double.POSITIVE_INFINITY);
        assertThat(call.chunks().getLast().handoff())
                .isEqualTo(Map.of(
                        "disaggregated_params", Map.of("handle", "h"),
                        "prompt_tokens_details", Map.of("cached_tokens", 2)));
        assertThat(call.metadata()).containsEntry("answer", "42");
    }

    @Test
    void tokensMayComeInBatchesAndWithTheTerminal() throws Exception {
        var call = host.ask(Python.request(9, "batches"));
        assertThat(call.tokens()).containsExactly(1, 2, 3, 4);
        assertThat(call.reason()).isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @CsvSource({"waits", "never_awaits", "watches", "wrong_shape"})
    void cancellationReachesTheGeneratorsFinallyAndAbort(String mode) throws Exception {
        var call = host.ask(Python.request(1_000_000, mode));
        if (!mode.equals("wrong_shape")) {
            call.awaitTokens(1);
            call.cancel();
            assertThat(call.reason()).isEqualTo(FinishReason.CANCELLED);
        } else {
            // What cannot be read fails its request, and the engine is told as of a cancellation.
            assertThat(call.error())
                    .hasValueSatisfying(error -> assertThat(error.message()).contains("token_ids with a"));
        }
        var seen = look();
        assertThat((List<?>) seen.get("finals")).asString().contains(call.id());
        assertThat((List<?>) seen.get("aborted")).asString().containsOnlyOnce(call.id());
    }

    @Test
    void aSlowReaderHoldsTheGeneratorBackAndLosesNothing() throws Exception {
        var call = Call.slow(host.engine, Python.request(5_000, "count"), 10);
        call.awaitTokens(10);
        // Others go on meanwhile.
        assertThat(host.ask(Python.request(3, "batches")).tokens()).hasSize(4);
        assertThat((Integer) look().get("pulled")).isLessThan(4_000);
        call.read();
        assertThat(call.tokens()).isEqualTo(IntStream.range(0, 5_000).boxed().toList());
    }

    @Test
    void aHeldBackStreamCanBeCancelled() throws Exception {
        var call = Call.slow(host.engine, Python.request(100_000, "count"), 10);
        call.awaitTokens(10);
        call.cancel();
        call.error();
        assertThat((List<?>) look().get("finals")).asString().contains(call.id());
    }

    @ParameterizedTest
    @CsvSource({
        "InvalidArgument, InvalidArgument, because",
        "CannotConnect, CannotConnect, because",
        "ConnectionTimeout, ConnectionTimeout, because",
        "Cancelled, Cancelled, because",
        "EngineShutdown, EngineShutdown, because",
        "StreamIncomplete, StreamIncomplete, because",
        "WorkerUnavailable, WorkerUnavailable, because",
        "RouterQueueLimitExceeded, Overloaded, because",
        "Unknown, Unknown, because",
        "VeryDisconnected, Disconnected, by name",
        "HttpError, HttpError, a teapot",
        "ValueError, Unknown, ValueError: a bug é",
        "SystemExit, EngineShutdown, SystemExit: 3",
        "KeyboardInterrupt, EngineShutdown, KeyboardInterrupt",
        "finish, Unknown, out of memory"
    })
    void exceptionsAreErrorsByTheirNames(String raised, String type, String message) throws Exception {
        var error = host.ask(Python.request(9, Map.of("mode", "fails", "error", raised)))
                .error()
                .orElseThrow();
        assertThat(error.getClass().getSimpleName()).isEqualTo(type);
        assertThat(error.message()).endsWith(message);
        if (error instanceof EngineError.HttpError http)
            assertThat(http.status()).isEqualTo(418);
    }

    @Test
    void theCauseIsPythonsTracebackFromTheEnginesCodeOn() throws Exception {
        var failure = host.ask(Python.request(9, Map.of("mode", "fails", "error", "ValueError")))
                .failure()
                .orElseThrow();
        assertThat(failure.getCause())
                .asString()
                .startsWith("Traceback (most recent call last):\n  File \"" + Python.FOLDER.resolve("probe_engine.py"))
                .contains("in _fails\n    raise ValueError(\"a bug é\")")
                .endsWith("ValueError: a bug é");
    }

    @Test
    void theEndOfTheProcessIsNotAnEnginesToAskForInATaskEither() throws Exception {
        var call = host.ask(Python.request(9, "exits_in_task"));
        assertThat(call.reason()).isEqualTo(FinishReason.STOP);
        log.await("engine code asked for the end of the process");
        assertThat(host.ask(Python.request(3, "count")).tokens()).hasSize(3);
    }

    @Test
    void aGeneratorWithoutTerminalReturnsWithoutOne() throws Exception {
        var call = host.ask(Python.request(9, "no_terminal"));
        assertThat(call.error()).isEmpty();
        assertThatThrownBy(call::reason).hasMessageContaining("without a terminal");
    }

    @Test
    void whatComesAfterTheTerminalIsSeenByTheHost() throws Exception {
        var call = host.ask(Python.request(9, "after_terminal"));
        assertThat(call.reason()).isEqualTo(FinishReason.STOP);
        assertThat(call.late()).containsExactly("token 2");
    }
}
