package dev.nacelle.benchmarks.python;

import dev.nacelle.python.PythonOptions;
import dev.nacelle.python.PythonProvider;
import dev.nacelle.python.cpython.EventLoop;
import dev.nacelle.python.graalpy.Jit;
import dev.nacelle.python.graalpy.Sandbox;
import dev.nacelle.spi.Disaggregation;
import dev.nacelle.spi.HealthReporter;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.WorkerSpec;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.OutputOptions;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.SamplingOptions;
import dev.nacelle.spi.request.StopConditions;
import dev.nacelle.spi.request.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** The bench engine, started one way. */
final class Served implements AutoCloseable {
    static final Path FOLDER = Path.of("benchmarks", "src", "main", "python").toAbsolutePath();

    private final LLMEngine engine;

    private Served(LLMEngine engine) {
        this.engine = engine;
    }

    static Served start(PythonOptions.Isolation isolation) throws Exception {
        return start(PythonOptions.Interpreter.CPYTHON, isolation, Jit.AUTO);
    }

    static Served graalPy(Jit jit) throws Exception {
        return start(PythonOptions.Interpreter.GRAALPY, PythonOptions.Isolation.EMBEDDED, jit);
    }

    private static Served start(PythonOptions.Interpreter interpreter, PythonOptions.Isolation isolation, Jit jit)
            throws Exception {
        var options = new PythonOptions(
                "bench_engine:BenchEngine",
                List.of(FOLDER),
                interpreter,
                isolation,
                Optional.empty(),
                EventLoop.ASYNCIO,
                Sandbox.STRICT,
                jit,
                Duration.ofSeconds(30),
                List.of());
        var engine = new PythonProvider().create(options);
        engine.start(new Start());
        return new Served(engine);
    }

    /** So many tokens on so many streams. */
    Cost run(int streams, int tokensEach) throws Exception {
        return run(streams, tokensEach, 1);
    }

    /** The same, so many tokens in each chunk. */
    Cost run(int streams, int tokensEach, int batch) throws Exception {
        long cpu = Cpu.nanos();
        long wall = System.nanoTime();
        long tokens = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = IntStream.range(0, streams)
                    .mapToObj(_ -> threads.submit(() -> {
                        var sink = new CountingSink();
                        engine.generate(request(tokensEach, Map.of("batch", batch)), sink, sink);
                        return sink.tokens();
                    }))
                    .toList();
            for (Future<Integer> each : running) tokens += each.get();
        }
        if (tokens != (long) streams * tokensEach) throw new AssertionError(tokens + " tokens");
        return new Cost(tokens, Cpu.nanos() - cpu, System.nanoTime() - wall);
    }

    /** From a cancellation to the return of {@code generate}, in nanoseconds. */
    long cancel() throws Exception {
        var sink = new CountingSink();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = threads.submit(() -> {
                engine.generate(request(10, Map.of("waits", true)), sink, sink);
                return true;
            });
            sink.awaitFirst();
            long began = System.nanoTime();
            sink.cancel();
            running.get();
            return System.nanoTime() - began;
        }
    }

    /** Python holds its GIL at least once for so long. */
    void holdGil(double seconds) throws Exception {
        var action = engine.controls().get("hold_gil");
        if (action == null) throw new AssertionError("no control");
        action.apply(Map.of("seconds", seconds));
    }

    @Override
    public void close() throws EngineException {
        try {
            engine.cleanup();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static GenerateRequest request(int maxTokens, Map<String, Object> extras) {
        return new GenerateRequest(
                "bench",
                Task.GENERATE,
                new Prompt.Tokens(1),
                SamplingOptions.DEFAULT,
                StopConditions.maxTokens(maxTokens),
                OutputOptions.DEFAULT,
                OptionalInt.empty(),
                Map.of(),
                false,
                OptionalInt.empty(),
                Optional.empty(),
                extras);
    }

    private record Start() implements StartContext, HealthReporter {
        @Override
        public long workerId() {
            return 1;
        }

        @Override
        public WorkerSpec worker() {
            return new WorkerSpec(
                    "dynamo",
                    "backend",
                    "generate",
                    Optional.empty(),
                    Optional.empty(),
                    1,
                    0,
                    Disaggregation.AGGREGATED);
        }

        @Override
        public void progress(double fraction, String message) {}

        @Override
        public HealthReporter health() {
            return this;
        }

        @Override
        public void ready() {}

        @Override
        public void degraded(String message) {}

        @Override
        public void down(String message) {
            throw new AssertionError(message);
        }
    }
}
