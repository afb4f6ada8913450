package dev.nacelle.benchmarks.metrics;

import dev.nacelle.runtime.metrics.Chain;
import dev.nacelle.runtime.metrics.LoadListener;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.ModelLabels;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.metrics.SnapshotPublisher;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
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

/** Publishing a snapshot: the budget is 60 ns and no allocation. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class PublishBenchmark {
    private final ComponentSnapshot snapshot = new ComponentSnapshot(25, 100, 0.25, 0.5);
    private final SnapshotPublisher publisher = RuntimeMetrics.open(new PrometheusRegistry(), new MetricsConfig(false))
            .worker(new Chain("dynamo", "backend", "generate", 1), new ModelLabels("m", "m"))
            .components(List.of(0, 1, 2, 3, 4, 5, 6, 7), LoadListener.NONE);

    @Benchmark
    public void publish() {
        publisher.publish(5, snapshot);
    }
}
