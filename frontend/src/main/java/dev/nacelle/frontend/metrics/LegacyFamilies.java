package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.FamilySpec;

/** The families of the older scheme. */
record LegacyFamilies(FamilySpec requests, FamilySpec inflight, FamilySpec duration) {
    static LegacyFamilies under(String prefix) {
        return new LegacyFamilies(
                FamilySpec.counter(prefix + "_http_service_requests_total", "Requests that have ended.")
                        .labelled("model", "endpoint", "request_type", "status"),
                FamilySpec.gauge(prefix + "_http_service_inflight_requests", "Requests that have not ended.")
                        .labelled("model"),
                FamilySpec.histogram(
                                prefix + "_http_service_request_duration_seconds",
                                "From entry to the last byte.",
                                0,
                                1,
                                2,
                                4,
                                8,
                                16,
                                32,
                                64,
                                128,
                                256)
                        .labelled("model"));
    }

    FamilySpec[] all() {
        return new FamilySpec[] {requests, inflight, duration};
    }
}
