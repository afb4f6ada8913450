package dev.nacelle.python.graalpy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.python.PythonOptions;
import dev.nacelle.python.PythonOptions.Interpreter;
import dev.nacelle.python.PythonOptions.Isolation;
import dev.nacelle.python.PythonProvider;
import dev.nacelle.python.TinyHost;
import dev.nacelle.python.Venv;
import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.spi.conformance.Conformance;
import dev.nacelle.spi.conformance.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engines under examples/python in the strict sandbox: those of pure Python pass, numpy is refused with advice. */
@Tag("long")
class GraalPyExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "examples", "python").toAbsolutePath();
    private static final Duration SHORT = Duration.ofSeconds(10);
    /** One, so that all engines share what GraalPy learns of their code. */
    private static final PythonProvider PROVIDER = new PythonProvider();

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Path packages;

    @BeforeAll
    static void prepare() throws Exception {
        Jars.ready();
        packages = Venv.of("examples", "prometheus_client", "numpy").sitePackages();
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo_engine:EchoEngine", "metered_engine:MeteredEngine"})
    void enginesOfPurePythonKeepTheContract(String engine) throws Exception {
        var report =
                Conformance.of(() -> PROVIDER.create(options(engine, Map.of()))).check();
        assertThat(report.failures()).as(report.table()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"two-terminals, one-terminal", "cancel-as-length, cancel-reason"})
    void theFailingEngineFailsByName(String fail, String rule) throws Exception {
        var report = check("failing_engine:FailingEngine", Map.of("fail", fail));
        assertThat(report.failures())
                .as(report.table())
                .extracting(failure -> failure.rule().id())
                .contains(rule);
    }

    @Test
    void aRegistryIsHandedOverByItsHelper() throws Exception {
        try (var host = TinyHost.serving(options("metered_engine:MeteredEngine", Map.of()))) {
            var page = host.callbacks.getFirst().render();
            assertThat(page)
                    .contains("# TYPE metered_request_seconds histogram")
                    .containsPattern(
                            "metered_running\\{(model=\"probe\",worker_id=\"1f\"|worker_id=\"1f\",model=\"probe\")} 0");
        }
    }

    @Test
    void numpyIsRefusedWithAdvice() throws Exception {
        var report = check("numpy_engine:NumpyEngine", Map.of("model", "m"));
        assertThat(report.failures()).as(report.table()).isNotEmpty();
        assertThat(report.table()).contains("native code for CPython").contains("set runtime: cpython");
    }

    private static Report check(String engine, Map<String, Object> args) throws Exception {
        return Conformance.of(() -> PROVIDER.create(options(engine, args)))
                .withStartLimit(Duration.ofMinutes(2))
                .withAnswerLimit(SHORT)
                .check();
    }

    private static PythonOptions options(String engine, Map<String, Object> args) {
        return new PythonOptions(
                engine,
                List.of(EXAMPLES, packages),
                Interpreter.GRAALPY,
                Isolation.EMBEDDED,
                Optional.empty(),
                EventLoop.AUTO,
                Sandbox.STRICT,
                Jit.AUTO,
                Duration.ofSeconds(30),
                args);
    }
}
