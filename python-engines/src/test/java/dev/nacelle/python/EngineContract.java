package dev.nacelle.python;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.TokenIds;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for an engine whichever way Python runs. A subclass says which. */
abstract class EngineContract extends StreamContract {
    @Test
    void theConfigTellsEverything() {
        var config = host().config;
        assertThat(config.model()).isEqualTo("mine");
        assertThat(config.modelName()).isEqualTo("probe-served");
        assertThat(config.aliases()).containsExactly("alias");
        assertThat(config.registration().contextLength()).hasValue(100_000);
        assertThat(config.registration().kvCacheBlockSize()).hasValue(4);
        assertThat(config.registration().totalKvBlocks()).hasValue(10);
        assertThat(config.registration().dataParallelSize()).hasValue(2);
        assertThat(config.runtimeData()).containsEntry("bootstrap_port", 7).containsKey("k");
        assertThat(host().progress).contains("0.50 half way");
        assertThat(host().ranks).containsExactly(0, 1);
    }

    @Test
    void logLinesAndPrintedOnesReachTheHostsLog() throws Exception {
        host().ask(Python.request(1, "logs")).reason();
        log().await("WARNING python.probe.thread: from a thread");
        assertThat(log().all())
                .contains(
                        "INFO python.probe.engine: a line with {braces} and é",
                        "INFO python.stdout: printed",
                        "WARNING python.stderr: to stderr")
                .noneMatch(line -> line.contains("not wanted by default"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("SEVERE python.probe.engine: it failed\nTraceback")
                        .endsWith("KeyError: 'lost'"));
    }

    @Test
    void snapshotsAndKvEventsComeFromAnyThread() throws Exception {
        host().control("publish", Map.of());
        Await.until(() -> host().snapshots.contains("1: 3/10 0.3 0.25"));
        assertThat(host().snapshots).contains("0: 1/10 0.1 -1.0");
        Await.until(() -> host().kvEvents.contains("1 removed [-1]"));
        // A block that is not full is left out, as are those of an adapter.
        assertThat(host().kvEvents)
                .contains("1 stored [-1, 5] after OptionalLong[-7]: [0, 1, 2, 3, 4, 5, 6, 7] by 4")
                .noneMatch(event -> event.startsWith("0 stored"));
    }

    @Test
    void aRegistryIsRenderedOnRequest() throws Exception {
        assertThat(host().callbacks).hasSize(1);
        assertThat(host().callbacks.getFirst().render())
                .startsWith("# TYPE probe_pulled gauge\nprobe_pulled{model=\"probe\",worker_id=\"1f\"} ");
    }

    @Test
    void controlsAndUpdatesAnswerOrFail() throws Exception {
        assertThat(requireNonNull(host().engine.updates().get("set")).apply(Map.of("model", "x")))
                .isEqualTo(Map.of("status", "ok", "model", "x"));
        assertThatThrownBy(() -> host().control("fail", Map.of()))
                .isInstanceOf(EngineException.class)
                .hasMessage("no control today");
    }

    @Test
    void healthIsToldFromPython() throws Exception {
        host().control("health", Map.of("state", "degraded", "message", "warm"));
        host().control("health", Map.of("state", "down", "message", "hot"));
        host().control("health", Map.of("state", "ready"));
        Await.until(() -> host().health.size() >= 3);
        assertThat(host().health).containsSubsequence("degraded: warm", "down: hot", "ready");
    }

    @Test
    void theProbeComesBackToTheEngineAsItWas() throws Exception {
        var probe = host().probe.orElseThrow();
        assertThat(probe.tokenIds()).isEqualTo(TokenIds.of(1));
        assertThat(host().ask(probe.asHealthCheck()).tokens()).hasSize(2);
        var arrived = request(seen());
        assertThat(arrived.get("_HEALTH_CHECK")).isEqualTo(true);
        assertThat(arrived.get("mine")).isEqualTo(Map.of("a", 1));
    }

    @Test
    void engineCodeRunsOnPythonsMainThread() throws Exception {
        assertThat(look()).containsEntry("on_main_thread", true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no_such_module:X | [] | there is no module no_such_module in",
                "exiting_engine:X | [] | SystemExit: 5",
                "probe_engine:Missing | [] | class: probe_engine has no Missing; it has Disconnected, FlatEngine",
                "no/such/file.py:X | [] | class: no file no/such/file.py in",
                "probe_engine:ProbeEngine | {modl: x} | args: ProbeEngine does not take them: got an unexpected keyword argument 'modl'",
                "probe_engine:ProbeEngine | [--x] | args: a list, and ProbeEngine has no from_args",
                "probe_engine:TextEngine | [--modl, y] | args: TextEngine.from_args refused ['--modl', 'y'] (exit code 2)",
                "probe_engine:ProbeEngine | {fail_start: broken} | RuntimeError: broken"
            })
    void aStartThatCannotBeSaysWhy(String className, String args, String message) {
        Object value = args.startsWith("{")
                ? Map.of(args.substring(1, args.indexOf(':')), args.substring(args.indexOf(':') + 2, args.length() - 1))
                : List.of(args.substring(1, args.length() - 1).split(", ")).stream()
                        .filter(each -> !each.isEmpty())
                        .toList();
        assertThatThrownBy(() -> TinyHost.serving(options(className, value)).close())
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anEventLoopThatIsAskedForAndMissingIsNamed() {
        var wanted = options("probe_engine:ProbeEngine", List.of());
        var options = Python.options(
                wanted.isolation(), wanted.className(), wanted.args(), wanted.python(), EventLoop.UVLOOP);
        assertThatThrownBy(() -> TinyHost.serving(options))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("loop: uvloop is not installed in this Python");
    }

    @Test
    void aPlainGeneratorRunsOnAThreadOfItsOwn() throws Exception {
        try (var sync = TinyHost.serving(options("probe_engine:SyncEngine", Map.of()))) {
            var calls = IntStream.range(0, 4)
                    .mapToObj(_ -> sync.ask(Python.request(300, "count")))
                    .toList();
            for (var call : calls)
                assertThat(call.tokens())
                        .isEqualTo(IntStream.range(0, 300).boxed().toList());
            var endless = sync.ask(Python.request(1_000_000, Map.of("slow", true)));
            endless.awaitTokens(3);
            endless.cancel();
            assertThat(endless.reason()).isEqualTo(FinishReason.CANCELLED);
            var seen = sync.control("look", Map.of());
            assertThat((List<?>) seen.get("finals")).asString().contains(endless.id());
            assertThat((Map<?, ?>) seen.get("seen")).asString().contains("generate-" + endless.id());
            var slow = Call.slow(sync.engine, Python.request(5_000, "count"), 10);
            slow.awaitTokens(10);
            slow.read();
            assertThat(slow.tokens()).hasSize(5_000);
        }
    }

    @Test
    void aTextEngineIsMadeByFromArgs() throws Exception {
        try (var text = TinyHost.serving(options("probe_engine:TextEngine", List.of("--model", "t")))) {
            assertThat(text.config.model()).isEqualTo("t");
            assertThat(text.config.input()).hasToString("TEXT");
            assertThat(text.ranks).isEmpty();
            assertThat(text.callbacks.getFirst().render()).contains("team=\"a\"");
            var call = text.ask(GenerateRequest.of("t", new Prompt.Text("one two"), 5));
            call.reason();
            assertThat(call.chunks())
                    .extracting(chunk -> chunk.text().orElse(""))
                    .containsExactly("one", "two");
            log().await("of the engine's worker_config the host ignores tool_call_parser");
            log().await("asks for {namespace=elsewhere}");
        }
    }

    @Test
    void aConfigWithFlatFieldsAndPlainMembersIsEnough() throws Exception {
        try (var flat =
                TinyHost.serving(options(Python.FOLDER.resolve("probe_engine.py") + ":FlatEngine", List.of()))) {
            assertThat(flat.config.registration().contextLength()).hasValue(64);
            assertThat(flat.ask(Python.request(3, "count")).reason()).isEqualTo(FinishReason.STOP);
            assertThat(flat.engine.controls()).isEmpty();
            assertThat(flat.kvEvents)
                    .containsExactly(
                            "Zmq[dpRank=1, endpoint=tcp://127.0.0.1:5557, topic=kv, replayEndpoint=Optional.empty]");
            assertThat(flat.probe).isEmpty();
        }
    }
}
