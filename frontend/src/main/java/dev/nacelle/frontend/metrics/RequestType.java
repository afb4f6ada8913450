package dev.nacelle.frontend.metrics;

import java.util.Locale;

/** Whether a response streams; the label {@code request_type}. */
public enum RequestType {
    UNARY,
    STREAM;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
