package dev.nacelle.runtime.metrics;

import java.util.Locale;

/** Where the handling of a request went wrong on the worker; the label {@code error_type}. */
public enum RequestErrorType {
    DESERIALIZATION(1),
    INVALID_MESSAGE(1 << 1),
    RESPONSE_STREAM(1 << 2),
    GENERATE(1 << 3),
    SERIALIZATION(1 << 4),
    PUBLISH_RESPONSE(1 << 5),
    PUBLISH_FINAL(1 << 6);

    /** One bit of its own, below 2^8. */
    final int bit;

    RequestErrorType(int bit) {
        this.bit = bit;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
