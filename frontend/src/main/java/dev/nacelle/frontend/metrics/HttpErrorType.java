package dev.nacelle.frontend.metrics;

import dev.nacelle.spi.error.EngineError;
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

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static HttpErrorType of(EngineError error) {
        return switch (error) {
            case EngineError.InvalidArgument _ -> VALIDATION;
            case EngineError.Overloaded _ -> OVERLOAD;
            case EngineError.Draining _,
                    EngineError.EngineShutdown _,
                    EngineError.CannotConnect _,
                    EngineError.WorkerUnavailable _ -> UNAVAILABLE;
            case EngineError.ConnectionTimeout _, EngineError.ResponseTimeout _ -> RESPONSE_TIMEOUT;
            case EngineError.Disconnected _, EngineError.StreamIncomplete _ -> TRUNCATED_STREAM;
            case EngineError.Cancelled _ -> CANCELLED;
            case EngineError.HttpError http -> ofStatus(http.status());
            case EngineError.Unknown _ -> INTERNAL;
        };
    }

    /** Of a status that an engine chose by itself, 400 to 599. */
    static HttpErrorType ofStatus(int status) {
        return switch (status) {
            case 404 -> NOT_FOUND;
            case 429 -> OVERLOAD;
            case 499 -> CANCELLED;
            case 501 -> NOT_IMPLEMENTED;
            case 503 -> UNAVAILABLE;
            case 408, 504 -> RESPONSE_TIMEOUT;
            default -> status < 500 ? VALIDATION : BACKEND_ERROR;
        };
    }
}
