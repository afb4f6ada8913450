package dev.nacelle.frontend.pipeline;

import dev.nacelle.frontend.metrics.HttpServiceMetrics;
import dev.nacelle.frontend.metrics.PipelineMetrics;
import dev.nacelle.frontend.metrics.TokenizerOperation;
import dev.nacelle.frontend.text.Detokenizer;
import java.util.function.LongSupplier;

/**
 * Times the detokenizer of one choice: each of its first {@value #GROUP} tokens, of which the first is the slowest, and from
 * then on the first of each {@value #GROUP}, as two reads of the clock cost more than most tokens take. Counters get what was
 * measured now and then, since two shared counters a token are not cheap either; the mean time a token goes into the
 * histogram at the choice's end. For one thread at a time.
 */
final class DetokenizeMeter implements Detokenizer, AutoCloseable {
    private static final int GROUP = 16;
    private static final int REPORT_TOKENS = 64;

    private final PipelineMetrics stages;
    private final HttpServiceMetrics http;
    private final Detokenizer detokenizer;
    private final LongSupplier nanoClock;
    private int tokens;
    private int reported;
    private long firstNanos;
    private long laterNanos;
    private long reportedMicros;
    private boolean closed;

    /** @param nanoClock as {@link System#nanoTime} */
    DetokenizeMeter(PipelineMetrics stages, HttpServiceMetrics http, Detokenizer detokenizer, LongSupplier nanoClock) {
        this.stages = stages;
        this.http = http;
        this.detokenizer = detokenizer;
        this.nanoClock = nanoClock;
    }

    @Override
    public void append(int id, StringBuilder out) {
        if (tokens < GROUP || tokens % GROUP == 0) time(id, out);
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
        long start = nanoClock.getAsLong();
        detokenizer.append(id, out);
        long took = nanoClock.getAsLong() - start;
        if (tokens < GROUP) firstNanos += took;
        else laterNanos += took;
    }

    @Override
    public void close() {
        if (closed || tokens == 0) return;
        closed = true;
        report();
        http.tokenizerLatency(TokenizerOperation.DETOKENIZE, nanos() / 1e6 / tokens);
    }

    /** The estimate moves with each token that is timed, the total that is told only up. */
    private void report() {
        long micros = Math.max(reportedMicros, (long) (nanos() / 1e3));
        stages.detokenized(tokens - reported, micros - reportedMicros);
        reportedMicros = micros;
        reported = tokens;
    }

    private double nanos() {
        int later = tokens - GROUP;
        if (later <= 0) return firstNanos;
        int timed = Math.ceilDiv(later, GROUP);
        return firstNanos + (double) laterNanos / timed * later;
    }
}
