package dev.nacelle.runtime.metrics;

import java.util.Locale;

/** How a stage of a shutdown ended; the label {@code reason}. */
public enum StageOutcome {
    COMPLETED,
    DEADLINE,
    SKIPPED,
    FAILED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
