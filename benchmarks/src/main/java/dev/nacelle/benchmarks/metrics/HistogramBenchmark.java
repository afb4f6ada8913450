package dev.nacelle.benchmarks.metrics;

import dev.nacelle.runtime.metrics.BoundHistogram;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.FamilySpec;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
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

/** Observing with a bound histogram, classic and native. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class HistogramBenchmark {
    private final DistributionDataPoint library = Histogram.builder()
            .name("library")
            .labelNames("model")
            .withoutExemplars()
            .build()
            .labelValues("m");
    private final BoundHistogram ours = Families.in(new PrometheusRegistry())
            .scope()
            .histogram(FamilySpec.histogram("ours", ""), Labels.of("model", "m"));
    private long count;

    @Benchmark
    public void baseline() {
        library.observe((++count & 1023) / 100.0);
    }

    @Benchmark
    public void bound() {
        ours.observe((++count & 1023) / 100.0);
    }
}
