package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.FamilySpec;
import java.util.List;
import java.util.stream.Stream;

/** The families of the HTTP service under one prefix. */
record HttpFamilies(
        FamilySpec requests,
        FamilySpec requestsStarted,
        FamilySpec active,
        FamilySpec inflight,
        FamilySpec queued,
        FamilySpec disconnected,
        FamilySpec duration,
        FamilySpec inputTokens,
        FamilySpec cachedTokens,
        FamilySpec outputSequence,
        FamilySpec outputTokens,
        FamilySpec timeToFirstToken,
        FamilySpec interTokenLatency,
        FamilySpec tokenizerLatency,
        ModelFamilies models) {
    /** Those that tell of a model rather than of requests. */
    record ModelFamilies(
            FamilySpec totalKvBlocks,
            FamilySpec maxNumSeqs,
            FamilySpec maxNumBatchedTokens,
            FamilySpec contextLength,
            FamilySpec kvCacheBlockSize,
            FamilySpec migrationLimit,
            FamilySpec workers,
            FamilySpec ready,
            FamilySpec migrations,
            FamilySpec cancellations,
            FamilySpec rejections) {
        static ModelFamilies under(String prefix) {
            return new ModelFamilies(
                    ofModel(prefix + "_model_total_kv_blocks", "KV blocks of a worker, 0 when unknown."),
                    ofModel(prefix + "_model_max_num_seqs", "Most sequences in a batch, 0 when unknown."),
                    ofModel(prefix + "_model_max_num_batched_tokens", "Most tokens in a batch, 0 when unknown."),
                    ofModel(prefix + "_model_context_length", "Tokens of a context, 0 when unknown."),
                    ofModel(prefix + "_model_kv_cache_block_size", "Tokens in a KV block, 0 when unknown."),
                    ofModel(prefix + "_model_migration_limit", "How often a request may move to another worker."),
                    ofModel(prefix + "_model_workers", "Workers that serve the model."),
                    ofModel(prefix + "_model_ready", "1 while a worker takes requests for the model, else 0."),
                    FamilySpec.counter(prefix + "_model_migration_total", "Requests moved to another worker.")
                            .labelled("model", "migration_type"),
                    FamilySpec.counter(prefix + "_model_cancellation_total", "Requests given up by their caller.")
                            .labelled("model", "endpoint", "request_type"),
                    FamilySpec.counter(prefix + "_model_rejection_total", "Requests refused for lack of capacity.")
                            .labelled("model", "endpoint"));
        }

        Stream<FamilySpec> all() {
            return Stream.of(
                    totalKvBlocks,
                    maxNumSeqs,
                    maxNumBatchedTokens,
                    contextLength,
                    kvCacheBlockSize,
                    migrationLimit,
                    workers,
                    ready,
                    migrations,
                    cancellations,
                    rejections);
        }
    }

    static HttpFamilies under(String prefix, HttpBuckets buckets) {
        return new HttpFamilies(
                FamilySpec.counter(prefix + "_requests_total", "Requests that have ended.")
                        .labelled("model", "endpoint", "request_type", "status", "error_type"),
                FamilySpec.counter(prefix + "_requests_started_total", "Requests that came in.")
                        .labelled("model", "endpoint", "request_type"),
                ofModel(prefix + "_active_requests", "Requests that came in and have not ended."),
                ofModel(prefix + "_inflight_requests", "The same as active_requests."),
                ofModel(prefix + "_queued_requests", "Requests that wait for the first of their response."),
                FamilySpec.gauge(
                                prefix + "_disconnected_clients",
                                "Clients that left before their response had ended, since the start.")
                        .labelled(),
                histogram(
                        prefix + "_request_duration_seconds",
                        "From entry to the last byte.",
                        buckets.requestDuration()),
                histogram(prefix + "_input_sequence_tokens", "Tokens of a prompt.", buckets.inputSequenceTokens()),
                histogram(
                        prefix + "_cached_tokens",
                        "Tokens of a prompt that were found in a prefix cache.",
                        buckets.inputSequenceTokens()),
                histogram(prefix + "_output_sequence_tokens", "Tokens of a response.", buckets.outputSequenceTokens()),
                FamilySpec.counter(prefix + "_output_tokens_total", "Tokens of responses, counted as they come.")
                        .labelled("model"),
                histogram(
                        prefix + "_time_to_first_token_seconds",
                        "From entry to the first token.",
                        buckets.timeToFirstToken()),
                histogram(
                        prefix + "_inter_token_latency_seconds",
                        "From one token to the next.",
                        buckets.interTokenLatency()),
                FamilySpec.histogram(
                                prefix + "_tokenizer_latency_ms",
                                "What a tokenizer took, in milliseconds.",
                                0.5,
                                1,
                                2,
                                4,
                                8,
                                16,
                                32,
                                64,
                                128,
                                256,
                                512)
                        .labelled("operation"),
                ModelFamilies.under(prefix));
    }

    FamilySpec[] all() {
        var requestFamilies = List.of(
                requests,
                requestsStarted,
                active,
                inflight,
                queued,
                disconnected,
                duration,
                inputTokens,
                cachedTokens,
                outputSequence,
                outputTokens,
                timeToFirstToken,
                interTokenLatency,
                tokenizerLatency);
        return Stream.concat(requestFamilies.stream(), models.all()).toArray(FamilySpec[]::new);
    }

    private static FamilySpec ofModel(String name, String help) {
        return FamilySpec.gauge(name, help).labelled("model");
    }

    private static FamilySpec histogram(String name, String help, LogBuckets buckets) {
        return FamilySpec.histogram(name, help, buckets.upperBounds()).labelled("model");
    }
}
