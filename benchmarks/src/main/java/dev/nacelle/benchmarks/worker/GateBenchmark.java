package dev.nacelle.benchmarks.worker;

import dev.nacelle.runtime.worker.RequestGate;
import dev.nacelle.spi.error.EngineException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Admission: entering the gate and leaving it. The baseline counts up and down, and guards nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class GateBenchmark {
    private final RequestGate gate = new RequestGate();
    private final AtomicLong count = new AtomicLong();

    @Benchmark
    public void baseline() {
        count.incrementAndGet();
        count.decrementAndGet();
    }

    @Benchmark
    public void enterAndClose(Blackhole hole) throws EngineException {
        try (var pass = gate.enter()) {
            hole.consume(pass); // as a request keeps it
        }
    }

    @Benchmark
    @Threads(2)
    public void enterAndCloseByTwoThreads(Blackhole hole) throws EngineException {
        enterAndClose(hole);
    }
}
