package dev.nacelle.benchmarks.metrics;

import dev.nacelle.runtime.metrics.Chain;
import dev.nacelle.runtime.metrics.MetricsConfig;
import dev.nacelle.runtime.metrics.ModelLabels;
import dev.nacelle.runtime.metrics.RequestMetrics;
import dev.nacelle.runtime.metrics.RuntimeMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
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

/** The guard of a request on a worker. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class RequestGuardBenchmark {
    private final RequestMetrics requests = RuntimeMetrics.open(new PrometheusRegistry(), new MetricsConfig(false))
            .worker(new Chain("dynamo", "backend", "generate", 1), new ModelLabels("m", "m"))
            .requests();

    @Benchmark
    public void guard() {
        try (var request = requests.begin()) {
            request.firstResponse();
        }
    }
}
