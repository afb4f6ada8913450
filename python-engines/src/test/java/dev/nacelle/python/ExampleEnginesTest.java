package dev.nacelle.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.python.PythonOptions.Interpreter;
import dev.nacelle.python.PythonOptions.Isolation;
import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.python.graalpy.Jit;
import dev.nacelle.python.graalpy.Sandbox;
import dev.nacelle.spi.conformance.Conformance;
import dev.nacelle.spi.conformance.Report;
import dev.nacelle.spi.conformance.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The engines under examples/python in the conformance kit: the good ones pass, the failing one fails by name. */
class ExampleEnginesTest {
    private static final Path EXAMPLES = Path.of("..", "examples", "python").toAbsolutePath();
    /** What the failing engine's own patience needs, and no more. */
    private static final Duration SHORT = Duration.ofSeconds(4);

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Path packages;

    @BeforeAll
    static void prepare() throws Exception {
        packages = Venv.of("examples", "prometheus_client", "numpy").sitePackages();
    }

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void theEchoEngineKeepsTheContract(Isolation isolation) throws Exception {
        keepsTheContract(isolation, "echo_engine:EchoEngine");
    }

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void theEngineWithMetricsOfItsOwnKeepsTheContract(Isolation isolation) throws Exception {
        keepsTheContract(isolation, "metered_engine:MeteredEngine");
    }

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void theEngineWithNumpyKeepsTheContract(Isolation isolation) throws Exception {
        keepsTheContract(isolation, "numpy_engine:NumpyEngine");
    }

    /**
     * What only Python can see is judged by {@code python -m nacelle check}, in the SDK's own tests. So is a lock held across
     * a yield: whether a stream is held back while it has the lock depends on how fast it is.
     */
    @ParameterizedTest
    @CsvSource({
        "create-raises, start",
        "start-raises, start",
        "start-hangs, start",
        "no-model, model-not-empty",
        "metrics-raise, setup-metrics",
        "sources-twice, kv-sources",
        "control-name, controls-and-updates",
        "ready-raises, endpoint-ready",
        "generate-raises, generate",
        "no-terminal, one-terminal",
        "two-terminals, one-terminal",
        "raise-after-terminal, one-terminal",
        "token-after-terminal, nothing-after-terminal",
        "no-dict, generate",
        "wrong-choice, items-fit-input",
        "too-many-tokens, max-tokens",
        "stops-too-early, min-tokens",
        "never-stops, stop-token-ids",
        "usage-wrong, usage",
        "shared-state, interleaved-requests",
        "log-probs-missing, log-probabilities",
        "embeds-nothing, embeddings",
        "takes-any-length, prompt-too-long",
        "impatient, slow-reader-resumes",
        "cancel-ignored, cancel-in-time",
        "cancel-as-length, cancel-reason",
        "cancel-spreads, cancel-isolated",
        "cancel-spoils, serves-on",
        "rank-undeclared, snapshot-ranks",
        "share-above-1, snapshot-range",
        "ranks-change, ranks-stable",
        "blocks-uneven, kv-sources",
        "quiescent-raises, drain",
        "cleanup-raises, cleanup"
    })
    void theFailingEngineFailsByName(String fail, String rule) throws Exception {
        var report = check(Isolation.EMBEDDED, "failing_engine:FailingEngine", Map.of("fail", fail));
        assertThat(report.failures())
                .as(report.table())
                .extracting(failure -> failure.rule().id())
                .contains(rule);
        assertThat(report.failures()).extracting(Result::seen).doesNotContain("");
    }

    @ParameterizedTest
    @CsvSource({"two-terminals, one-terminal", "cancel-ignored, cancel-in-time", "no-model, model-not-empty"})
    void theFailingEngineFailsInAProcessOfItsOwnToo(String fail, String rule) throws Exception {
        var report = check(Isolation.PROCESS, "failing_engine:FailingEngine", Map.of("fail", fail));
        assertThat(report.failures())
                .as(report.table())
                .extracting(failure -> failure.rule().id())
                .contains(rule);
    }

    private static void keepsTheContract(Isolation isolation, String engine) throws Exception {
        var report = check(isolation, engine, Map.of());
        assertThat(report.failures()).as(report.table()).isEmpty();
    }

    private static Report check(Isolation isolation, String engine, Map<String, Object> args) throws Exception {
        var options = new PythonOptions(
                engine,
                List.of(EXAMPLES, packages),
                Interpreter.CPYTHON,
                isolation,
                Optional.empty(),
                EventLoop.ASYNCIO,
                Sandbox.STRICT,
                Jit.AUTO,
                Duration.ofSeconds(30),
                args);
        var kit = Conformance.of(() -> new PythonProvider().create(options));
        return args.isEmpty()
                ? kit.check()
                : kit.withStartLimit(SHORT).withAnswerLimit(SHORT).check();
    }
}
