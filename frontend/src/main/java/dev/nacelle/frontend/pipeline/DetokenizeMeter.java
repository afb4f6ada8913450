package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.PipelineMetrics;
import dev.nacelle.frontend.metrics.TokenizerOperation;
import dev.nacelle.frontend.text.Detokenizer;

/**
 * Times the detokenizer of one choice: the first of every {@value #TIMED_EVERY} tokens, as two reads of the clock would cost
 * most tokens more than they take. Counters get what was measured now and then, since two shared counters a token are not
 * cheap either; the mean time a token goes into the histogram at the choice's end. For one thread at a time.
 */
final class DetokenizeMeter implements Detokenizer, AutoCloseable {
    private static final int TIMED_EVERY = 16;
    private static final int REPORT_TOKENS = 64;

    private final PipelineMetrics stages;
    private final HttpServiceMetrics http;
    private final Detokenizer detokenizer;
    private int tokens;
    private int reported;
    private long timedNanos;
    private long reportedMicros;

    DetokenizeMeter(PipelineMetrics stages, HttpServiceMetrics http, Detokenizer detokenizer) {
        this.stages = stages;
        this.http = http;
        this.detokenizer = detokenizer;
    }

    @Override
    public void append(int id, StringBuilder out) {
        if (tokens % TIMED_EVERY == 0) time(id, out);
        else detokenizer.append(id, out);
        if (++tokens - reported == REPORT_TOKENS) report();
    }

    @Override
    public int touch() {
        return detokenizer.touch();
    }

    @Override
    public void flush(StringBuilder out) {
        detokenizer.flush(out);
    }

    private void time(int id, StringBuilder out) {
        long start = System.nanoTime();
        detokenizer.append(id, out);
        timedNanos += System.nanoTime() - start;
    }

    @Override
    public void close() {
        if (tokens == 0) return;
        report();
        http.tokenizerLatency(TokenizerOperation.DETOKENIZE, nanosPerToken() / 1e6);
        tokens = 0;
        reported = 0;
        timedNanos = 0;
        reportedMicros = 0;
    }

    /** The mean moves with each token that is timed, the total that is told only up. */
    private void report() {
        long micros = Math.max(reportedMicros, (long) (nanosPerToken() * tokens / 1e3));
        stages.detokenized(tokens - reported, micros - reportedMicros);
        reportedMicros = micros;
        reported = tokens;
    }

    private double nanosPerToken() {
        int timed = (tokens + TIMED_EVERY - 1) / TIMED_EVERY;
        return (double) timedNanos / timed;
    }
}
