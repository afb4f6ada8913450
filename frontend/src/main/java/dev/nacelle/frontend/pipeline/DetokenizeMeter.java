package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.PipelineMetrics;
import dev.nacelle.frontend.metrics.TokenizerOperation;
import dev.nacelle.frontend.text.Detokenizer;

/**
 * Times the detokenizers of one request. Counters get what was measured now and then, as two reads of the clock a token are
 * cheap and two shared counters are not; the request's mean time a token goes into the histogram at its end. For one thread
 * at a time.
 */
final class DetokenizeMeter implements AutoCloseable {
    private static final int REPORT_TOKENS = 64;

    private final PipelineMetrics stages;
    private final HttpServiceMetrics http;
    private long tokens;
    private long nanos;
    private int unreported;
    private long reportedMicros;

    DetokenizeMeter(PipelineMetrics stages, HttpServiceMetrics http) {
        this.stages = stages;
        this.http = http;
    }

    /** The same detokenizer, timed. */
    Detokenizer metered(Detokenizer detokenizer) {
        return new Detokenizer() {
            @Override
            public void append(int id, StringBuilder out) {
                long start = System.nanoTime();
                detokenizer.append(id, out);
                nanos += System.nanoTime() - start;
                tokens++;
                if (++unreported == REPORT_TOKENS) report();
            }

            @Override
            public void flush(StringBuilder out) {
                detokenizer.flush(out);
            }
        };
    }

    @Override
    public void close() {
        if (tokens == 0) return;
        report();
        http.tokenizerLatency(TokenizerOperation.DETOKENIZE, nanos / 1e6 / tokens);
        tokens = 0;
    }

    private void report() {
        long micros = nanos / 1000;
        stages.detokenized(unreported, micros - reportedMicros);
        reportedMicros = micros;
        unreported = 0;
    }
}
