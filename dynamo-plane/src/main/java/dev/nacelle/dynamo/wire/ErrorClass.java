package dev.nacelle.dynamo.wire;

import dev.nacelle.spi.error.EngineError;

/** The classes of errors that a frontend knows, each with an HTTP status of its own. */
public enum ErrorClass {
    INVALID_REQUEST("InvalidRequest"),
    UNAUTHENTICATED("Unauthenticated"),
    PERMISSION_DENIED("PermissionDenied"),
    NOT_FOUND("NotFound"),
    CONFLICT("Conflict"),
    PAYLOAD_TOO_LARGE("PayloadTooLarge"),
    UNSUPPORTED_MEDIA("UnsupportedMedia"),
    RATE_LIMITED("RateLimited"),
    CANCELLED("Cancelled"),
    INTERNAL("Internal"),
    NOT_IMPLEMENTED("NotImplemented"),
    UNAVAILABLE("Unavailable"),
    DEADLINE_EXCEEDED("DeadlineExceeded"),
    CAPACITY_EXHAUSTED("CapacityExhausted");

    private final String word;

    ErrorClass(String word) {
        this.word = word;
    }

    public static ErrorClass of(EngineError error) {
        return switch (error) {
            case EngineError.InvalidArgument _ -> INVALID_REQUEST;
            case EngineError.Overloaded _ -> CAPACITY_EXHAUSTED;
            case EngineError.Draining _,
                    EngineError.CannotConnect _,
                    EngineError.Disconnected _,
                    EngineError.EngineShutdown _,
                    EngineError.StreamIncomplete _,
                    EngineError.WorkerUnavailable _ -> UNAVAILABLE;
            case EngineError.ConnectionTimeout _, EngineError.ResponseTimeout _ -> DEADLINE_EXCEEDED;
            case EngineError.Cancelled _ -> CANCELLED;
            case EngineError.HttpError(int status, String _) -> ofStatus(status);
            case EngineError.Unknown _ -> INTERNAL;
        };
    }

    /**
     * A frontend's key for what happened, where that is more than the class: by these it decides which requests it takes to
     * another worker. Empty where the class says all.
     */
    private static String reason(EngineError error) {
        return switch (error) {
            case EngineError.Overloaded _ -> "capacity.worker_overloaded";
            case EngineError.Draining _, EngineError.WorkerUnavailable _ -> "backend.worker_unavailable";
            case EngineError.CannotConnect _ -> "backend.cannot_connect";
            case EngineError.Disconnected _ -> "backend.disconnected";
            case EngineError.EngineShutdown _ -> "backend.engine_shutdown";
            case EngineError.StreamIncomplete _ -> "backend.stream_incomplete";
            case EngineError.ConnectionTimeout _ -> "backend.connection_timeout";
            case EngineError.ResponseTimeout _ -> "backend.response_timeout";
            case EngineError.InvalidArgument _,
                    EngineError.Cancelled _,
                    EngineError.HttpError _,
                    EngineError.Unknown _ -> "";
        };
    }

    private static ErrorClass ofStatus(int status) {
        return switch (status) {
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> NOT_FOUND;
            case 408, 504 -> DEADLINE_EXCEEDED;
            case 409 -> CONFLICT;
            case 413 -> PAYLOAD_TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA;
            case 429 -> RATE_LIMITED;
            case 499 -> CANCELLED;
            case 501 -> NOT_IMPLEMENTED;
            case 503 -> UNAVAILABLE;
            case 529 -> CAPACITY_EXHAUSTED;
            default -> status < 500 ? INVALID_REQUEST : INTERNAL;
        };
    }

    void render(EngineError error, FrameBuffer to) {
        to.begin().put("{\"data\":{\"event\":\"error\",\"error\":{\"class\":\"").put(word);
        var reason = reason(error);
        if (!reason.isEmpty()) to.put("\",\"reason\":\"").put(reason);
        to.put("\",\"public\":{\"type\":\"message\",\"message\":");
        JsonText.put(error.message(), to);
        to.put("}}},\"complete_final\":false}").endBody();
    }

    /**
     * What refuses a request before it is taken; empty when the error is the request's own, which an acknowledgement cannot
     * say: it is taken then, and answered with the error.
     */
    public static String refusal(EngineError error) {
        return switch (of(error)) {
            case CAPACITY_EXHAUSTED, RATE_LIMITED -> "Server overloaded: " + error.message();
            case UNAVAILABLE -> "Server unavailable: " + error.message();
            case INVALID_REQUEST,
                    UNAUTHENTICATED,
                    PERMISSION_DENIED,
                    NOT_FOUND,
                    CONFLICT,
                    PAYLOAD_TOO_LARGE,
                    UNSUPPORTED_MEDIA,
                    CANCELLED,
                    INTERNAL,
                    NOT_IMPLEMENTED,
                    DEADLINE_EXCEEDED -> "";
        };
    }
}
