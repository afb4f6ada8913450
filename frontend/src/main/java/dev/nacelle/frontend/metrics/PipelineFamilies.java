package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.FamilySpec;

/** The families of the pipeline's stages; their names are the same under every {@code frontend.metrics_prefix}. */
final class PipelineFamilies {
    private static final String PREFIX = "dynamo_frontend_";

    static final FamilySpec STAGE_REQUESTS = FamilySpec.gauge(
                    PREFIX + "stage_requests", "Requests in a stage of the pipeline.")
            .labelled("stage", "phase");

    static final FamilySpec STAGE_DURATION = FamilySpec.histogram(
                    PREFIX + "stage_duration_seconds",
                    "What a stage of the pipeline took.",
                    0.0001,
                    0.0005,
                    0.001,
                    0.005,
                    0.01,
                    0.05,
                    0.1,
                    0.5,
                    1,
                    2.5,
                    5)
            .labelled("stage");

    static final FamilySpec TOKENIZE = FamilySpec.histogram(
                    PREFIX + "tokenize_seconds",
                    "What tokenizing a prompt took.",
                    0.0001,
                    0.0005,
                    0.001,
                    0.005,
                    0.01,
                    0.05,
                    0.1,
                    0.5,
                    1)
            .labelled();

    static final FamilySpec TEMPLATE = FamilySpec.histogram(
                    PREFIX + "template_seconds",
                    "What rendering a conversation took.",
                    0.00001,
                    0.00005,
                    0.0001,
                    0.0005,
                    0.001,
                    0.005,
                    0.01,
                    0.05)
            .labelled();

    static final FamilySpec DETOKENIZE_MICROS = FamilySpec.exactCounter(
                    PREFIX + "detokenize_total_us",
                    "What turning tokens into text took, in microseconds; after a choice's first 16 tokens, as one in 16 shows.")
            .labelled();

    static final FamilySpec DETOKENIZE_TOKENS = FamilySpec.exactCounter(
                    PREFIX + "detokenize_token_count", "Tokens that were turned into text.")
            .labelled();

    static final FamilySpec CACHE_HITS = FamilySpec.counter(
                    PREFIX + "tokenizer_cache_hits_total", "Prompts that began with something tokenized before.")
            .labelled();

    static final FamilySpec CACHE_MISSES = FamilySpec.counter(
                    PREFIX + "tokenizer_cache_misses_total", "Prompts that began with nothing tokenized before.")
            .labelled();

    static final FamilySpec CACHED_TOKENS = FamilySpec.counter(
                    PREFIX + "tokenizer_cache_cached_tokens_total",
                    "Tokens of prompts that came from the tokenizer's cache.")
            .labelled("model");

    static final FamilySpec UNCACHED_TOKENS = FamilySpec.counter(
                    PREFIX + "tokenizer_cache_uncached_tokens_total", "Tokens of prompts that had to be tokenized.")
            .labelled("model");

    static final FamilySpec LOOP_DELAY = FamilySpec.histogram(
                    PREFIX + "event_loop_delay_seconds",
                    "How late a writer's timer of about 10 ms was.",
                    0,
                    0.001,
                    0.005,
                    0.01,
                    0.025,
                    0.05,
                    0.1,
                    0.25,
                    0.5,
                    1)
            .labelled();

    static final FamilySpec LOOP_STALLS = FamilySpec.counter(
                    PREFIX + "event_loop_stall_total", "Times that a writer's timer was more than 100 ms late.")
            .labelled();

    private PipelineFamilies() {}

    static FamilySpec[] all() {
        return new FamilySpec[] {
            STAGE_REQUESTS,
            STAGE_DURATION,
            TOKENIZE,
            TEMPLATE,
            DETOKENIZE_MICROS,
            DETOKENIZE_TOKENS,
            CACHE_HITS,
            CACHE_MISSES,
            CACHED_TOKENS,
            UNCACHED_TOKENS,
            LOOP_DELAY,
            LOOP_STALLS
        };
    }
}
