package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.BoundCounter;
import dev.nacelle.runtime.metrics.BoundGauge;
import dev.nacelle.runtime.metrics.BoundHistogram;
import dev.nacelle.runtime.metrics.Families;
import dev.nacelle.runtime.metrics.SeriesScope;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the pipeline's stages count and time. Made twice for one table of families, both show in the same series. From any
 * thread.
 */
public final class PipelineMetrics implements AutoCloseable {
    /** A timer later than that counts as a stall. */
    private static final double STALL_SECONDS = 0.1;

    private final SeriesScope series;
    private final Map<Phase, Map<Stage, BoundGauge>> requests = new EnumMap<>(Phase.class);
    private final Map<Stage, BoundHistogram> durations = new EnumMap<>(Stage.class);
    private final BoundHistogram tokenize;
    private final BoundHistogram template;
    private final BoundCounter detokenizeMicros;
    private final BoundCounter detokenizeTokens;
    private final BoundCounter cacheHits;
    private final BoundCounter cacheMisses;
    private final BoundHistogram loopDelay;
    private final BoundCounter loopStalls;
    private final ConcurrentHashMap<String, PromptTokens> promptTokens = new ConcurrentHashMap<>();

    /** A model's prompt tokens, by where they came from. */
    private record PromptTokens(BoundCounter cached, BoundCounter uncached) {}

    public PipelineMetrics(Families families) {
        families.declare(PipelineFamilies.all());
        series = families.scope();
        for (var phase : Phase.values()) requests.put(phase, gauges(phase));
        for (var stage : Stage.values())
            durations.put(
                    stage,
                    series.histogram(PipelineFamilies.STAGE_DURATION, Labels.of("stage", stage.durationLabel())));
        tokenize = series.histogram(PipelineFamilies.TOKENIZE, Labels.EMPTY);
        template = series.histogram(PipelineFamilies.TEMPLATE, Labels.EMPTY);
        detokenizeMicros = series.counter(PipelineFamilies.DETOKENIZE_MICROS, Labels.EMPTY);
        detokenizeTokens = series.counter(PipelineFamilies.DETOKENIZE_TOKENS, Labels.EMPTY);
        cacheHits = series.counter(PipelineFamilies.CACHE_HITS, Labels.EMPTY);
        cacheMisses = series.counter(PipelineFamilies.CACHE_MISSES, Labels.EMPTY);
        loopDelay = series.histogram(PipelineFamilies.LOOP_DELAY, Labels.EMPTY);
        loopStalls = series.counter(PipelineFamilies.LOOP_STALLS, Labels.EMPTY);
    }

    private Map<Stage, BoundGauge> gauges(Phase phase) {
        var gauges = new EnumMap<Stage, BoundGauge>(Stage.class);
        for (var stage : Stage.values()) {
            if (stage.gaugeLabel().isEmpty()) continue;
            var labels =
                    Labels.of("stage", stage.gaugeLabel(), "phase", stage == Stage.PREPROCESS ? "" : phase.label());
            gauges.put(stage, series.gauge(PipelineFamilies.STAGE_REQUESTS, labels));
        }
        return gauges;
    }

    /** A request's way through the stages, of which it is in none yet. */
    public StageGuard begin() {
        return new StageGuard(this);
    }

    /** A prompt was tokenized. */
    public void tokenized(long nanos) {
        tokenize.observe(nanos / 1e9);
    }

    /** A conversation was rendered. */
    public void rendered(long nanos) {
        template.observe(nanos / 1e9);
    }

    /** Tokens were turned into text, in so many microseconds. */
    public void detokenized(int tokens, long micros) {
        detokenizeTokens.add(tokens);
        if (micros > 0) detokenizeMicros.add(micros);
    }

    /** The tokenizer's cache was asked: how many of the prompt's tokens it had, and how many it had not. */
    public void cacheAsked(String model, int cachedTokens, int uncachedTokens) {
        (cachedTokens > 0 ? cacheHits : cacheMisses).increment();
        var tokens = promptTokens.computeIfAbsent(model, name -> {
            var labels = Labels.of("model", name);
            return new PromptTokens(
                    series.counter(PipelineFamilies.CACHED_TOKENS, labels),
                    series.counter(PipelineFamilies.UNCACHED_TOKENS, labels));
        });
        tokens.cached.add(cachedTokens);
        tokens.uncached.add(uncachedTokens);
    }

    /** A writer's timer came that late. */
    public void loopDelayed(long nanos) {
        double seconds = nanos / 1e9;
        loopDelay.observe(seconds);
        if (seconds > STALL_SECONDS) loopStalls.increment();
    }

    /** Takes the series off the page, unless somebody else shows them too; idempotent. */
    @Override
    public void close() {
        series.close();
    }

    Optional<BoundGauge> gauge(Stage stage, Phase phase) {
        return Optional.ofNullable(Objects.requireNonNull(requests.get(phase)).get(stage));
    }

    void stageTook(Stage stage, double seconds) {
        Objects.requireNonNull(durations.get(stage)).observe(seconds);
    }
}
