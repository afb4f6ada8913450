package dev.nacelle.python;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.python.PythonOptions.Isolation;
import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** CPython in a process of its own. */
class CPythonProcessTest extends EngineContract {
    @Override
    PythonOptions options(String className, Object args) {
        return Python.options(Isolation.PROCESS, className, args);
    }

    @Test
    void whatRanInAProcessThatDiesIsToBeMovedElsewhereAndAnotherTakesItsPlace() throws Exception {
        try (var host = TinyHost.serving(options("probe_engine:ProbeEngine", Map.of()))) {
            var call = host.ask(Python.request(9, "waits"));
            call.awaitTokens(1);
            assertThatThrownBy(() -> host.control("die", Map.of()))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.error())
                                    .isInstanceOf(EngineError.EngineShutdown.class)
                                    .extracting(EngineError::message)
                                    .asString()
                                    .contains("was ended by signal 9"));
            assertThat(call.error()).containsInstanceOf(EngineError.EngineShutdown.class);
            Await.until(() -> host.health.contains("ready"));
            assertThat(host.health.getFirst()).startsWith("down: the Python process was ended by signal 9");

            // The new one is told what the first was told, and the host's objects go on.
            assertThat(host.ask(Python.request(3, "count")).tokens()).hasSize(3);
            assertThat(host.kvEvents).contains("0 cleared", "1 cleared");
            host.control("publish", Map.of());
            Await.until(() -> host.kvEvents.contains("1 removed [-1]"));
            assertThat(host.snapshots).contains("1: 3/10 0.3 0.25");
            assertThat(host.callbacks.getFirst().render()).contains("probe_pulled");
            assertThat(host.callbacks).hasSize(1);
        }
    }

    @Test
    void aProcessLeavesNoChildBehind() throws Exception {
        var host = TinyHost.serving(options("process_engine:ForkingEngine", Map.of()));
        var pids = ((List<?>) requireNonNull(host.control("pids", Map.of()).get("pids")))
                .stream().map(pid -> ProcessHandle.of((Integer) pid)).toList();
        assertThat(pids).hasSize(2).allMatch(Optional::isPresent);
        host.close();
        Await.until(() -> pids.stream().noneMatch(pid -> pid.orElseThrow().isAlive()));
    }

    @Test
    void signalsOfTheTerminalAndTheServiceManagerAreTheHostsToHeed() throws Exception {
        try (var host = TinyHost.serving(options("process_engine:ForkingEngine", Map.of()))) {
            assertThat(host.control("signal_self", Map.of())).containsEntry("still", "here");
        }
    }

    @Test
    void whatIsPrintedPastPythonIsLoggedToo() throws Exception {
        try (var host = TinyHost.serving(options("process_engine:ForkingEngine", Map.of()))) {
            host.control("raw", Map.of());
            log().await("INFO python.output: from C code");
        }
    }

    @Test
    void uvloopIsUsedWhereItIsInstalledAndLosesNothing() throws Exception {
        var python = Venv.of("uvloop", "uvloop").python();
        var options = Python.options(
                Isolation.PROCESS, "probe_engine:ProbeEngine", Map.of(), Optional.of(python), EventLoop.AUTO);
        try (var host = TinyHost.serving(options)) {
            assertThat(host.control("look", Map.of())).containsEntry("loop", "uvloop");
            // More than a socket takes at once, on many streams.
            var calls = IntStream.range(0, 8)
                    .mapToObj(_ -> host.ask(Python.request(20_000, "flood")))
                    .toList();
            for (var call : calls)
                assertThat(call.tokens())
                        .isEqualTo(IntStream.range(0, 20_000).boxed().toList());
        }
    }

    @Test
    void aMissingInterpreterIsNamed() {
        var options = Python.options(
                Isolation.PROCESS, "x:X", List.of(), Optional.of(Path.of("/no/such/python3")), EventLoop.AUTO);
        assertThatThrownBy(() -> TinyHost.serving(options))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("there is no program /no/such/python3");
    }
}
