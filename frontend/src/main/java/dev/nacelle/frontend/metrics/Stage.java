package dev.nacelle.frontend.metrics;

/** The stages of the pipeline: continuous, and never two of them at a time for one request. */
public enum Stage {
    /** From entry until the tokens are ready. */
    PREPROCESS("preprocess", "preprocess"),
    /** Until a worker is chosen. */
    ROUTE("route", "route"),
    /** Until the first response item has arrived. */
    DISPATCH("dispatch", "transport_roundtrip"),
    /** Until the last byte is queued for writing; timed, but shown by no gauge: it lasts as long as the response. */
    POSTPROCESS("", "postprocess");

    private final String gaugeLabel;
    private final String durationLabel;

    Stage(String gaugeLabel, String durationLabel) {
        this.gaugeLabel = gaugeLabel;
        this.durationLabel = durationLabel;
    }

    /** What {@code stage_requests} calls it; empty when that does not show it. */
    String gaugeLabel() {
        return gaugeLabel;
    }

    /** What {@code stage_duration_seconds} calls it. */
    String durationLabel() {
        return durationLabel;
    }
}
