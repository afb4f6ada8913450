package dev.nacelle.benchmarks.exposition;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A scrape of text 0.0.4 into memory, uncompressed: ours, half own and half foreign, beside the client library's. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ScrapeBenchmark {
    /** Lines on the page. */
    @Param({"20000", "100000"})
    public int lines;

    /** Which share of the own series changes between two scrapes. */
    @Param({"0.01", "1"})
    public double changed;

    @SuppressWarnings("NullAway.Init") // JMH calls setUp first
    private Registries.Ours ours;

    @SuppressWarnings("NullAway.Init") // JMH calls setUp first
    private Registries.Library library;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Sink sink = new Sink();

    /** Counts what is written; the page itself was put together in memory before. */
    private static final class Sink extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            bytes += length;
        }
    }

    /** Makes both. */
    @Setup
    public void setUp() throws IOException {
        ours = new Registries.Ours(lines / 2, lines / 2);
        library = new Registries.Library("own", lines);
        ours.change(random, 1);
        library.change(random, 1);
    }

    /** Changes values, outside of the time measured. */
    @Setup(Level.Invocation)
    public void change() {
        ours.change(random, changed);
        library.change(random, changed);
    }

    /** Ends the page. */
    @TearDown
    public void tearDown() {
        ours.close();
    }

    /** Ours. */
    @Benchmark
    public long ours() throws IOException {
        ours.page.writeText("text/plain;version=0.0.4", sink);
        return sink.bytes;
    }

    /** The client library's, with all lines its own. */
    @Benchmark
    public long library() throws IOException {
        PrometheusTextFormatWriter.create().write(sink, library.registry.scrape());
        return sink.bytes;
    }
}
