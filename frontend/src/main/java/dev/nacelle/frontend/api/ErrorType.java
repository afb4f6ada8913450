package dev.nacelle.frontend.api;

import java.util.Locale;

/** What kind of failure a request met: the values of the {@code error_type} label. */
public enum ErrorType {
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
