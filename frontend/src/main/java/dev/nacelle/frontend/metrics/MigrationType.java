package dev.nacelle.frontend.metrics;

import java.util.Locale;

/** Which requests moved to another worker: those that had no token yet, or had; the label {@code migration_type}. */
public enum MigrationType {
    NEW_REQUEST,
    ONGOING_REQUEST;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
