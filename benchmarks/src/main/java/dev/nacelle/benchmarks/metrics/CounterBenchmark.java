package dev.nacelle.benchmarks.metrics;

import dev.nacelle.runtime.metrics.BoundCounter;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.FamilySpec;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Incrementing a bound counter. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class CounterBenchmark {
    private final CounterDataPoint library =
            Counter.builder().name("library").labelNames("model").build().labelValues("m");
    private final BoundCounter ours = Families.in(new PrometheusRegistry())
            .scope()
            .counter(FamilySpec.counter("ours", ""), Labels.of("model", "m"));

    @Benchmark
    public void baseline() {
        library.inc();
    }

    @Benchmark
    public void bound() {
        ours.increment();
    }
}
