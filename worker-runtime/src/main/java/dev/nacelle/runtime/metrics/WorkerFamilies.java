package dev.nacelle.runtime.metrics;

/** The families that a worker host owns. Engines cannot add series to them. */
final class WorkerFamilies {
    private WorkerFamilies() {}

    static final FamilySpec MODEL_LOAD_TIME =
            gauge("dynamo_component_model_load_time_seconds", "What the engine took to start.");
    static final FamilySpec DRAIN_TIME =
            gauge("dynamo_component_drain_time_seconds", "What draining the requests in flight took, 0 before.");
    static final FamilySpec CLEANUP_TIME =
            gauge("dynamo_component_cleanup_time_seconds", "What the engine's cleanup took, 0 before.");
    static final FamilySpec SHUTDOWN_STAGE = gauge(
            "dynamo_component_shutdown_stage_seconds",
            "What each stage of the shutdown took, by how it ended; 0 before.");
    static final FamilySpec UPTIME = gauge("dynamo_component_uptime_seconds", "How long this process has been up.")
            .labelled(Chain.WORKER_ID);

    static final FamilySpec TOTAL_BLOCKS = gauge("dynamo_component_total_blocks", "KV blocks of a data-parallel rank.");
    static final FamilySpec GPU_CACHE_USAGE =
            gauge("dynamo_component_gpu_cache_usage_percent", "Share of a rank's KV blocks in use, from 0.0 to 1.0.");
    static final FamilySpec KV_CACHE_HIT_RATE = gauge(
            "dynamo_component_kv_cache_hit_rate",
            "Share of prompt tokens found in a rank's prefix cache, from 0.0 to 1.0; absent until measured.");
    static final FamilySpec SNAPSHOT_REJECTED =
            counter("nacelle_snapshot_rejected_total", "Snapshots of an undeclared rank or with a value out of range.");

    static final FamilySpec REQUESTS = counter("dynamo_component_requests_total", "Requests that the worker took.");
    static final FamilySpec INFLIGHT = gauge("dynamo_component_inflight_requests", "Requests being worked on.");
    static final FamilySpec REQUEST_DURATION = histogram(
            "dynamo_component_request_duration_seconds",
            "From taking a request to its last response item.",
            0.005,
            0.01,
            0.025,
            0.05,
            0.1,
            0.25,
            0.5,
            1,
            2.5,
            5,
            10,
            20,
            30,
            60,
            120,
            300,
            600);
    static final FamilySpec REQUEST_BYTES =
            counter("dynamo_component_request_bytes_total", "Bytes of requests read from the network.");
    static final FamilySpec RESPONSE_BYTES =
            counter("dynamo_component_response_bytes_total", "Bytes of responses written to the network.");
    static final FamilySpec ERRORS =
            counter("dynamo_component_errors_total", "Requests that went wrong, by where they did.");
    static final FamilySpec CANCELLATIONS =
            counter("dynamo_component_cancellation_total", "Requests given up by their caller.");
    static final FamilySpec TIME_TO_FIRST_RESPONSE = histogram(
                    "dynamo_work_handler_time_to_first_response_seconds",
                    "From taking a request to its first response item.",
                    0.001,
                    0.005,
                    0.01,
                    0.025,
                    0.05,
                    0.1,
                    0.25,
                    0.5,
                    1,
                    2.5,
                    5,
                    10,
                    30,
                    60)
            .labelled();
    static final FamilySpec NETWORK_TRANSIT = histogram(
                    "dynamo_work_handler_network_transit_seconds",
                    "From a frontend sending a request to a worker reading it, by their two clocks.",
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

    static final FamilySpec CANCEL_PROPAGATION = histogram(
                    "nacelle_cancel_propagation_seconds",
                    "From noticing that a client has gone to having told the engine.",
                    0.00001,
                    0.00005,
                    0.0001,
                    0.0005,
                    0.001,
                    0.005,
                    0.01,
                    0.05,
                    0.1,
                    0.5,
                    1,
                    2,
                    5)
            .labelled("runtime");
    static final FamilySpec ENGINE_INFO =
            gauge("nacelle_engine_info", "1 for each engine of this process.").labelled("engine", "runtime", "version");

    /** All of them. */
    static FamilySpec[] all() {
        return new FamilySpec[] {
            MODEL_LOAD_TIME,
            DRAIN_TIME,
            CLEANUP_TIME,
            SHUTDOWN_STAGE,
            UPTIME,
            TOTAL_BLOCKS,
            GPU_CACHE_USAGE,
            KV_CACHE_HIT_RATE,
            SNAPSHOT_REJECTED,
            REQUESTS,
            INFLIGHT,
            REQUEST_DURATION,
            REQUEST_BYTES,
            RESPONSE_BYTES,
            ERRORS,
            CANCELLATIONS,
            TIME_TO_FIRST_RESPONSE,
            NETWORK_TRANSIT,
            CANCEL_PROPAGATION,
            ENGINE_INFO
        };
    }

    private static FamilySpec gauge(String name, String help) {
        return FamilySpec.gauge(name, help).reservedForRuntime();
    }

    private static FamilySpec counter(String name, String help) {
        return FamilySpec.counter(name, help).reservedForRuntime();
    }

    private static FamilySpec histogram(String name, String help, double... upperBounds) {
        return FamilySpec.histogram(name, help, upperBounds).reservedForRuntime();
    }
}
