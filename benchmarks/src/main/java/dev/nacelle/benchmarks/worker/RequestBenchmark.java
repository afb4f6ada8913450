package dev.nacelle.benchmarks.worker;

import dev.nacelle.runtime.config.ConfigLoader;
import dev.nacelle.runtime.config.ConfigSource;
import dev.nacelle.runtime.kv.LocalRankFeed;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.runtime.plane.Instance;
import dev.nacelle.runtime.plane.LocalPlane;
import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.runtime.plane.ResponseReceiver;
import dev.nacelle.runtime.role.HostServices;
import dev.nacelle.runtime.role.RunningRole;
import dev.nacelle.runtime.role.StopRequest;
import dev.nacelle.runtime.system.ActionBoard;
import dev.nacelle.runtime.system.HealthBoard;
import dev.nacelle.runtime.system.SystemPages;
import dev.nacelle.runtime.worker.WorkersPart;
import dev.nacelle.runtime.worker.WorkersRole;
import dev.nacelle.spi.EngineConfig;
import dev.nacelle.spi.EngineProvider;
import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.StartContext;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.Prompt;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A request through a worker on the local plane, to an engine that answers at once: everything but the engine's own
 * time. The baseline is a virtual thread that does nothing, and the wait for it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class RequestBenchmark {
    private static final int TOKENS = 100_000;

    private final RuntimeMetrics metrics = RuntimeMetrics.open(new PrometheusRegistry(), new MetricsConfig(false));
    private final LocalPlane plane = new LocalPlane();
    private final RequestHead head = RequestHead.of("bench");
    private final GenerateRequest empty = GenerateRequest.of("instant", new Prompt.Tokens(1), 1);
    private final GenerateRequest full = GenerateRequest.of("instant", new Prompt.Tokens(1), TOKENS);

    @SuppressWarnings("NullAway.Init") // by start()
    private RunningRole role;

    @SuppressWarnings("NullAway.Init") // by start()
    private Instance instance;

    @Setup(Level.Trial)
    public void start() throws Exception {
        var source = ConfigSource.empty(Path.of("")).withText("workers: [{engine: instant}]", Path.of(""));
        var configuration = ConfigLoader.load(source, List.of(WorkersPart.class));
        var health = new HealthBoard();
        role = new WorkersRole()
                .start(
                        configuration.part(WorkersPart.class),
                        new HostServices(
                                "dynamo",
                                configuration,
                                _ -> new InstantProvider(),
                                plane,
                                new LocalRankFeed(),
                                metrics,
                                (_, _, _, _) -> () -> {},
                                health,
                                new SystemPages(health, NoServlet::new),
                                new ActionBoard(),
                                (_, _, _) -> {},
                                new StopRequest()));
        instance = plane.directory().instances().getFirst();
    }

    @TearDown(Level.Trial)
    public void stop() {
        role.close();
        metrics.close();
    }

    @Benchmark
    public void baseline() throws InterruptedException {
        var done = new CountDownLatch(1);
        Thread.ofVirtual().name("bench").start(done::countDown);
        done.await();
    }

    @Benchmark
    public long request() throws Exception {
        return send(empty);
    }

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public long token() throws Exception {
        return send(full);
    }

    private long send(GenerateRequest request) throws Exception {
        var receiver = new Counting();
        instance.dispatch(request, head, receiver);
        receiver.ended.await();
        return receiver.tokens;
    }

    /** Takes everything. */
    private static final class Counting implements ResponseReceiver {
        private final CountDownLatch ended = new CountDownLatch(1);
        private long tokens;

        @Override
        public boolean token(int id) {
            tokens++;
            return true;
        }

        @Override
        public boolean chunk(Chunk chunk) {
            return true;
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void awaitWritable() {}

        @Override
        public void finished(FinishReason reason, Usage usage) {
            ended.countDown();
        }

        @Override
        public void failed(EngineError error) {
            throw new AssertionError(error);
        }
    }

    private static final class Instant implements LLMEngine {
        @Override
        public EngineConfig start(StartContext context) {
            return EngineConfig.of("instant");
        }

        @Override
        public void generate(GenerateRequest request, GenerateContext context, ResponseSink sink) {
            int tokens = request.stop().maxTokens().orElse(1);
            for (int i = 0; i < tokens; i++) sink.token(i);
            sink.finish(FinishReason.LENGTH);
        }

        @Override
        public void cleanup() {}
    }

    /** The engine's options. */
    record NoOptions() {}

    private static final class InstantProvider implements EngineProvider<NoOptions> {
        @Override
        public String name() {
            return "instant";
        }

        @Override
        public String description() {
            return "answers at once";
        }

        @Override
        public Class<NoOptions> optionsType() {
            return NoOptions.class;
        }

        @Override
        public LLMEngine create(NoOptions options) {
            return new Instant();
        }
    }

    private static final class NoServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }
}
