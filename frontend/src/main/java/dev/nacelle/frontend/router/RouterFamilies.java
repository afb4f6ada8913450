package dev.nacelle.frontend.router;

import dev.nacelle.runtime.metrics.FamilySpec;
import java.util.stream.IntStream;

/** The families of the router; their names are the same under every {@code frontend.metrics_prefix}. */
final class RouterFamilies {
    private static final String WORKER = "dynamo_frontend_worker_";
    private static final String ROUTER = "dynamo_component_router_";
    private static final String OVERHEAD = "dynamo_router_overhead_";

    static final FamilySpec ACTIVE_DECODE_BLOCKS =
            ofRank("active_decode_blocks", "KV blocks of the requests that were sent to a rank and have not ended.");
    static final FamilySpec ACTIVE_PREFILL_TOKENS =
            ofRank("active_prefill_tokens", "Prompt tokens that were sent to a rank and wait for their prefill.");
    static final FamilySpec LAST_TTFT =
            ofRank("last_time_to_first_token_seconds", "What the last first token of a rank took.");
    static final FamilySpec LAST_INPUT = ofRank("last_input_sequence_tokens", "How long a rank's last prompt was.");
    static final FamilySpec LAST_ITL =
            ofRank("last_inter_token_latency_seconds", "What a token of a rank's last response took.");

    static final FamilySpec QUEUED = FamilySpec.gauge(
                    "dynamo_frontend_router_queue_pending_requests", "Requests that wait as every worker is saturated.")
            .labelled("worker_type");

    static final FamilySpec HASHING = overhead("block_hashing_ms", "What hashing a prompt's blocks took.");
    static final FamilySpec MATCHING = overhead("indexer_find_matches_ms", "What looking the blocks up took.");
    static final FamilySpec SEQUENCING =
            overhead("seq_hashing_ms", "What else was found out before scheduling: hashes come chained already.");
    static final FamilySpec SCHEDULING = overhead("scheduling_ms", "What choosing a rank took.");
    static final FamilySpec OVERHEAD_TOTAL = overhead("total_ms", "What placing a request took.");

    static final FamilySpec STARTED =
            ofPool(FamilySpec.counter(ROUTER + "requests_started_total", "Requests that were placed."));
    static final FamilySpec ENDED =
            ofPool(FamilySpec.counter(ROUTER + "requests_total", "Requests that were placed and have ended."));
    static final FamilySpec TTFT = ofPool(FamilySpec.histogram(
            ROUTER + "time_to_first_token_seconds",
            "From a request's arrival at the router to its first token.",
            0,
            0.0022,
            0.0047,
            0.01,
            0.022,
            0.047,
            0.1,
            0.22,
            0.47,
            1,
            2.2,
            4.7,
            10,
            22,
            48,
            100,
            220,
            480));
    static final FamilySpec ITL = ofPool(FamilySpec.histogram(
            ROUTER + "inter_token_latency_seconds",
            "What a token of a response took on average.",
            0,
            0.0019,
            0.0035,
            0.0067,
            0.013,
            0.024,
            0.045,
            0.084,
            0.16,
            0.3,
            0.56,
            1.1,
            2));
    static final FamilySpec INPUT = FamilySpec.histogram(
                    ROUTER + "input_sequence_tokens",
                    "How long prompts are.",
                    0,
                    100,
                    210,
                    430,
                    870,
                    1800,
                    3600,
                    7400,
                    15000,
                    31000,
                    63000,
                    130000)
            .labelled("dynamo_namespace", "dynamo_component", "worker_id", "router_id", "model", "phase");
    static final FamilySpec OUTPUT = ofPool(FamilySpec.histogram(
            ROUTER + "output_sequence_tokens",
            "How long responses are.",
            0,
            100,
            210,
            430,
            880,
            1800,
            3700,
            7600,
            16000,
            32000));
    static final FamilySpec HIT_RATE = ofPool(FamilySpec.histogram(
            ROUTER + "kv_hit_rate",
            "The share of a prompt's blocks that the chosen rank was predicted to hold.",
            IntStream.rangeClosed(0, 20).mapToDouble(i -> i / 20.0).toArray()));

    static final FamilySpec DRIFT = FamilySpec.gauge(
                    "nacelle_router_hit_rate_drift",
                    "Predicted less actual share of prompt tokens found in a cache, moving average.")
            .labelled("model");

    private RouterFamilies() {}

    static FamilySpec[] all() {
        return new FamilySpec[] {
            ACTIVE_DECODE_BLOCKS,
            ACTIVE_PREFILL_TOKENS,
            LAST_TTFT,
            LAST_INPUT,
            LAST_ITL,
            QUEUED,
            HASHING,
            MATCHING,
            SEQUENCING,
            SCHEDULING,
            OVERHEAD_TOTAL,
            STARTED,
            ENDED,
            TTFT,
            ITL,
            INPUT,
            OUTPUT,
            HIT_RATE,
            DRIFT
        };
    }

    private static FamilySpec ofRank(String name, String help) {
        return FamilySpec.gauge(WORKER + name, help).labelled("worker_id", "dp_rank", "worker_type");
    }

    private static FamilySpec ofPool(FamilySpec spec) {
        return spec.labelled("dynamo_namespace", "dynamo_component", "worker_id", "router_id");
    }

    /** From 0.1 µs to 13 ms, each bound twice the one before. */
    private static FamilySpec overhead(String name, String help) {
        var bounds = IntStream.range(0, 18).mapToDouble(i -> 0.0001 * (1 << i)).toArray();
        return FamilySpec.histogram(OVERHEAD + name, help, bounds).labelled("router_id");
    }
}
