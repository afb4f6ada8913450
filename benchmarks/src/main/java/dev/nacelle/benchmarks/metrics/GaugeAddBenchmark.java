package dev.nacelle.benchmarks.metrics;

import dev.nacelle.runtime.metrics.BoundGauge;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.FamilySpec;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Gauge;
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

/** Adding to a bound gauge. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class GaugeAddBenchmark {
    private final GaugeDataPoint library =
            Gauge.builder().name("library").labelNames("model").build().labelValues("m");
    private final BoundGauge ours =
            Families.in(new PrometheusRegistry()).scope().gauge(FamilySpec.gauge("ours", ""), Labels.of("model", "m"));

    @Benchmark
    public void baseline() {
        library.inc(1);
    }

    @Benchmark
    public void bound() {
        ours.add(1);
    }
}
