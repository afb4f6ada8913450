package dev.nacelle.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import dev.nacelle.spi.request.TokenIds;
import dev.nacelle.spi.request.Usage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The reference engine of {@code ai-dynamo}, which nobody here wrote and which knows nothing of this host. What it does is
 * checked in a JVM of its own where it is embedded, as a JVM has one interpreter.
 */
final class ReferenceEngine {
    private static final String VERSION = "1.6.1";
    private static final String CLASS = "dynamo.common.backend.sample_engine:SampleLLMEngine";
    private static final int PROMPT = 40;

    private ReferenceEngine() {}

    /** The interpreter of an environment that has it; skips the test where that cannot be had. */
    static Path python() throws Exception {
        var python = Venv.of("dynamo", "typing-extensions", "pydantic<=2.13.5").python();
        var done = python.resolveSibling("dynamo-" + VERSION);
        if (!Files.exists(done)) {
            // Without what it depends on: its engine API needs none of that.
            var install = new ProcessBuilder(
                            python.toString(),
                            "-m",
                            "pip",
                            "install",
                            "--quiet",
                            "--no-deps",
                            "ai-dynamo==" + VERSION,
                            "ai-dynamo-runtime==" + VERSION)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/null"))
                    .start();
            Venv.orSkip(install.waitFor() == 0, "ai-dynamo %s cannot be installed here".formatted(VERSION));
            Files.createFile(done);
        }
        return python;
    }

    /** Checks it in this JVM: {@code isolation python}. */
    public static void main(String[] args) throws Exception {
        check(PythonOptions.Isolation.valueOf(args[0]), Path.of(args[1]));
        System.exit(0);
    }

    static void check(PythonOptions.Isolation isolation, Path python) throws Exception {
        aggregated(isolation, python);
        prefill(isolation, python);
        decode(isolation, python);
    }

    private static void aggregated(PythonOptions.Isolation isolation, Path python) throws Exception {
        try (var host = serving(isolation, python, "--model-name", "reference", "--delay", "0")) {
            assertThat(host.config.model()).isEqualTo("reference");
            assertThat(host.config.registration().contextLength()).hasValue(2048);
            assertThat(host.config.registration().totalKvBlocks()).hasValue(1000);
            assertThat(host.ranks).containsExactly(0);

            var call = host.ask(request(100, OutputOptions.DEFAULT, Map.of()));
            assertThat(call.tokens())
                    .isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
            assertThat(call.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(call.usage()).isEqualTo(new Usage(PROMPT, 100));

            var probable =
                    host.ask(request(3, new OutputOptions(OptionalInt.of(2), OptionalInt.empty(), true), Map.of()));
            assertThat(probable.tokens()).containsExactly(1, 2, 3);
            assertThat(probable.chunks())
                    .allSatisfy(chunk -> assertThat(chunk.logProbs())
                            .singleElement()
                            .satisfies(logProb -> assertThat(logProb.top()).hasSize(3)));

            var cancelled = host.ask(request(1_000_000, OutputOptions.DEFAULT, Map.of()));
            cancelled.awaitTokens(10);
            Await.until(() -> host.snapshots.stream().anyMatch(each -> each.matches("0: [1-9].*/1000 0\\.00[1-9].*")));
            cancelled.cancel();
            assertThat(cancelled.reason()).isEqualTo(FinishReason.CANCELLED);

            var probe = host.ask(host.probe.orElseThrow());
            assertThat(probe.tokens()).containsExactly(1);
            Await.until(() -> host.kvEvents.stream()
                            .filter(each -> each.contains("removed"))
                            .count()
                    == 4);
            assertThat(host.kvEvents)
                    .contains("0 stored [1, 2] after OptionalLong.empty: [0, 1, 2, 3, 4, 5, 6, 7]… (32) by 16");
            Await.until(() -> host.snapshots.getLast().startsWith("0: 0/1000"));
        }
    }

    private static void prefill(PythonOptions.Isolation isolation, Path python) throws Exception {
        try (var host = serving(isolation, python, "--disaggregation-mode", "prefill")) {
            var call = host.ask(request(50, OutputOptions.DEFAULT, Map.of()));
            assertThat(call.tokens()).containsExactly(1);
            assertThat(call.chunks().getLast().handoff())
                    .extractingByKey("disaggregated_params")
                    .asString()
                    .contains("completed_tokens=[1]");
        }
    }

    private static void decode(PythonOptions.Isolation isolation, Path python) throws Exception {
        try (var host = serving(isolation, python, "--disaggregation-mode", "decode")) {
            assertThat(host.ask(request(5, OutputOptions.DEFAULT, Map.of())).error())
                    .containsInstanceOf(EngineError.Unknown.class)
                    .hasValueSatisfying(error -> assertThat(error.message()).contains("prefill_result"));
            var handoff = Map.<String, Object>of("disaggregated_params", Map.of("sample_handle", "h"));
            assertThat(host.ask(request(5, OutputOptions.DEFAULT, handoff)).tokens())
                    .hasSize(5);
            // The canary needs no hand-off.
            assertThat(host.ask(host.probe.orElseThrow()).tokens()).containsExactly(1);
        }
    }

    private static TinyHost serving(PythonOptions.Isolation isolation, Path python, String... argv) throws Exception {
        var args = new ArrayList<>(List.of(argv));
        return TinyHost.serving(Python.options(isolation, CLASS, args, Optional.of(python), EventLoop.AUTO));
    }

    private static GenerateRequest request(int maxTokens, OutputOptions output, Map<String, Object> prefillResult) {
        return new GenerateRequest(
                "reference",
                Task.GENERATE,
                new Prompt.Tokens(TokenIds.of(IntStream.range(0, PROMPT).toArray())),
                SamplingOptions.DEFAULT,
                StopConditions.maxTokens(maxTokens),
                output,
                OptionalInt.empty(),
                prefillResult,
                false,
                OptionalInt.empty(),
                Optional.empty(),
                Map.of());
    }
}
