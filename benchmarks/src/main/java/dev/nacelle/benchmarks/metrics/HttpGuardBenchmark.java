package dev.nacelle.benchmarks.metrics;

import dev.nacelle.frontend.metrics.HttpEndpoint;
import dev.nacelle.frontend.metrics.HttpMetricsConfig;
import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.RequestType;
import dev.nacelle.runtime.metrics.BoundCounter;
import dev.nacelle.runtime.metrics.BoundGauge;
import dev.nacelle.runtime.metrics.BoundHistogram;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.FamilySpec;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumSet;
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

/**
 * The guard of an HTTP request, beside what it updates, one after the other, and two readings of the clock. The guard's
 * object is all that it may allocate.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class HttpGuardBenchmark {
    private final HttpServiceMetrics metrics = new HttpServiceMetrics(
            Families.in(new PrometheusRegistry()),
            HttpMetricsConfig.DEFAULT,
            EnumSet.of(HttpEndpoint.CHAT_COMPLETIONS, HttpEndpoint.COMPLETIONS));

    private final BoundCounter started = counter("started");
    private final BoundGauge active = gauge("active");
    private final BoundGauge queued = gauge("queued");
    private final BoundHistogram inputTokens = tokens("input");
    private final BoundHistogram outputSequence = tokens("output");
    private final BoundHistogram duration = seconds("duration", 0, 2, 4, 8, 16, 32, 64, 130, 260, 510);
    private final BoundHistogram legacyDuration = seconds("legacy_duration", 0, 1, 2, 4, 8, 16, 32, 64, 128, 256);
    private final BoundCounter ended = counter("ended");
    private final BoundCounter legacyEnded = counter("legacy_ended");

    public HttpGuardBenchmark() {
        for (var model : new String[] {"m", "model-a", "model-b"}) metrics.serve(model);
    }

    /** What the page shows as active, in flight, and in flight of the older scheme is one gauge. */
    @Benchmark
    public void baseline() {
        var start = System.nanoTime();
        started.increment();
        active.add(1);
        queued.add(1);
        inputTokens.observe(100);
        queued.add(-1);
        active.add(-1);
        var took = (System.nanoTime() - start) / 1e9;
        duration.observe(took);
        legacyDuration.observe(took);
        ended.increment();
        legacyEnded.increment();
        outputSequence.observe(0);
    }

    @Benchmark
    public void guard() {
        try (var request = metrics.begin("model-a", HttpEndpoint.CHAT_COMPLETIONS, RequestType.STREAM)) {
            request.inputTokens(100);
            request.firstResponse();
            request.markOk();
        }
    }

    private static BoundCounter counter(String name) {
        return Families.in(new PrometheusRegistry())
                .scope()
                .counter(FamilySpec.counter(name, ""), Labels.of("model", "m"));
    }

    private static BoundGauge gauge(String name) {
        return Families.in(new PrometheusRegistry()).scope().gauge(FamilySpec.gauge(name, ""), Labels.of("model", "m"));
    }

    private static BoundHistogram tokens(String name) {
        return seconds(name, 0, 100, 210, 430, 870, 1800, 3600, 7400, 15000, 31000, 63000, 130000);
    }

    private static BoundHistogram seconds(String name, double... bounds) {
        return Families.in(new PrometheusRegistry())
                .scope()
                .histogram(FamilySpec.histogram(name, "", bounds), Labels.of("model", "m"));
    }
}
