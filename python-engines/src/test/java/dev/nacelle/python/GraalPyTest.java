package dev.nacelle.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nacelle.python.PythonOptions.Interpreter;
import dev.nacelle.python.PythonOptions.Isolation;
import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.python.graalpy.Jars;
import dev.nacelle.python.graalpy.Jit;
import dev.nacelle.python.graalpy.Sandbox;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** GraalPy inside this JVM. Trusted, as the engine of the contract starts threads. */
class GraalPyTest extends EngineContract {
    @Override
    PythonOptions options(String className, Object args) {
        return options(className, args, Duration.ofSeconds(30));
    }

    static PythonOptions options(String className, Object args, Duration hangTimeout) {
        try {
            Jars.ready();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return new PythonOptions(
                className,
                List.of(Python.FOLDER),
                Interpreter.GRAALPY,
                Isolation.EMBEDDED,
                Optional.empty(),
                EventLoop.AUTO,
                Sandbox.TRUSTED,
                Jit.AUTO,
                hangTimeout,
                args);
    }

    @Test
    void nativeCodeOfItsOwnIsRefusedAtOnceAlsoWhileAThreadOfPythonsIsIdle() throws Exception {
        assertThat((String) host().control("native", Map.of()).get("error"))
                .contains("is native code", "set runtime: cpython");
    }

    /** In the first of two as in the second: GraalPy itself sees to it in one context only. */
    @Test
    void aThreadThatComputesLetsTheEventLoopTurn() throws Exception {
        computesBeside(host());
        try (var second = TinyHost.serving(options("probe_engine:ProbeEngine", Map.of("model", "m")))) {
            computesBeside(second);
        }
    }

    private static void computesBeside(TinyHost host) throws Exception {
        host.control("compute_beside", Map.of("on", true));
        assertThat(host.ask(Python.request(3, "count")).tokens()).hasSize(3);
        host.control("compute_beside", Map.of("on", false));
    }

    @Test
    void whatGoesWrongInACallIntoJavaEndsThatCallAlone() throws Exception {
        try (var host = TinyHost.serving(options("probe_engine:ProbeEngine", Map.of("model", "m")))) {
            var waiting = host.ask(Python.request(9, "waits"));
            waiting.awaitTokens(1);
            assertThatThrownBy(() -> host.control("bad_upcall", Map.of()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("ForeignException: java.lang.UnsupportedOperationException");
            assertThat(host.ask(Python.request(3, "count")).tokens()).hasSize(3);
            waiting.cancel();
            assertThat(waiting.reason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    @Tag("long") // the watchdog takes its time before it gives up
    void whatDoesNotComeBackFromAnInterruptIsGivenUpAndAnotherTakesItsPlace() throws Exception {
        try (var host =
                TinyHost.serving(options("probe_engine:ProbeEngine", Map.of("model", "m"), Duration.ofSeconds(1)))) {
            var waiting = host.ask(Python.request(9, "waits"));
            waiting.awaitTokens(1);
            var computing = host.ask(Python.request(9, Map.of("mode", "computes", "power", 20_000_000)));
            assertThat(computing.error()).containsInstanceOf(EngineError.EngineShutdown.class);
            assertThat(waiting.error()).containsInstanceOf(EngineError.EngineShutdown.class);
            Await.until(() -> host.health.contains("ready"));
            assertThat(host.health)
                    .anyMatch(said -> said.startsWith("down: ") && said.contains("the event loop has not turned"));
            assertThat(host.ask(Python.request(3, "count")).tokens()).hasSize(3);
            assertThat(host.kvEvents).contains("0 cleared", "1 cleared");
        }
    }
}
