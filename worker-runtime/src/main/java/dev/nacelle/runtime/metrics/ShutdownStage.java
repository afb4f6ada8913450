package dev.nacelle.runtime.metrics;

import java.util.Locale;

/** The stages of a worker's shutdown, in their order; the label {@code stage}. */
public enum ShutdownStage {
    UNREGISTER,
    ROUTER_GRACE,
    STOP_ADMISSION,
    INFLIGHT,
    KV_TRANSFER,
    CLEANUP;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
