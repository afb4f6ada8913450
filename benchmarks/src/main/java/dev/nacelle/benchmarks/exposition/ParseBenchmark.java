package dev.nacelle.benchmarks.exposition;

import dev.nacelle.runtime.exposition.ExpositionReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading 1 000 foreign lines: fresh ones, and the same again, which are only compared. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ParseBenchmark {
    private String text = "";
    private byte[] last = {};

    /** Renders the foreign registry. */
    @Setup
    public void setUp() throws IOException {
        text = Registries.foreignText(1000);
        last = text.getBytes(StandardCharsets.UTF_8);
    }

    /** A text that was not seen before: bytes, parse, and a look at every family. */
    @Benchmark
    public int fresh() {
        return ExpositionReport.of(text.getBytes(StandardCharsets.UTF_8)).series();
    }

    /** What a refresh does with a text that has not changed. */
    @Benchmark
    public boolean unchanged() {
        return Arrays.equals(last, text.getBytes(StandardCharsets.UTF_8));
    }
}
