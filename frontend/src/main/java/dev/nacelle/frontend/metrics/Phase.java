package dev.nacelle.frontend.metrics;

import java.util.Locale;

/** Which part of a request's work a stage is about; the label {@code phase}, empty for preprocessing, which is for all. */
public enum Phase {
    PREFILL,
    DECODE,
    /** Both, on one worker. */
    AGGREGATED;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
