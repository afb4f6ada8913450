package dev.nacelle.frontend.metrics;

import java.util.Locale;

/** Why a request failed; the label {@code error_type}, which is empty for those that did not. */
public enum HttpErrorType {
    VALIDATION,
    NOT_FOUND,
    OVERLOAD,
    UNAVAILABLE,
    CANCELLED,
    RESPONSE_TIMEOUT,
    INTERNAL,
    NOT_IMPLEMENTED,
    BACKEND_ERROR,
    TRUNCATED_STREAM;

    /** The label's value. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
