package dev.nacelle.frontend.router;

import java.util.Locale;

/** What the workers of a pool are for; the label {@code worker_type}. */
enum WorkerType {
    /** They decode, and prefill too unless others do. */
    DECODE,
    PREFILL;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
