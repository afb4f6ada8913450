package dev.nacelle.frontend.api;

import dev.nacelle.frontend.metrics.HttpErrorType;
import dev.nacelle.spi.error.EngineError;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An error as the caller gets it: HTTP status, OpenAI's error object, and when to try again.
 *
 * @param status HTTP status, 400 to 599
 * @param type OpenAI's {@code type}: {@code invalid_request_error}, {@code rate_limit_error}, {@code server_error}, …
 * @param code OpenAI's {@code code}: what exactly went wrong, in one word
 * @param param the field at fault, as {@code messages[0].role}
 * @param message for people: what was found, what was expected
 * @param retryAfter when it is worth trying again
 * @param label how the metrics count it
 */
public record ApiError(
        int status,
        String type,
        String code,
        Optional<String> param,
        String message,
        Optional<Duration> retryAfter,
        HttpErrorType label) {
    /** A worker that restarts or is replaced takes no less. */
    private static final Duration UNAVAILABLE_RETRY = Duration.ofSeconds(5);

    private static final String INVALID_REQUEST = "invalid_request_error";
    private static final String SERVER = "server_error";

    /** Status 400: a field of the request is at fault. */
    public static ApiError invalid(String param, String message) {
        return new ApiError(
                400,
                INVALID_REQUEST,
                "invalid_value",
                Optional.of(param),
                message,
                Optional.empty(),
                HttpErrorType.VALIDATION);
    }

    /** Status 400: the body as a whole is at fault. */
    public static ApiError malformed(String message) {
        return refused(400, "invalid_body", message);
    }

    /** A request that is refused before its content matters, with a 4xx status of its own: 405, 408, 413, 415, … */
    public static ApiError refused(int status, String code, String message) {
        return new ApiError(
                status, INVALID_REQUEST, code, Optional.empty(), message, Optional.empty(), HttpErrorType.VALIDATION);
    }

    /** Status 400: prompt and answer do not fit the model's context together. */
    public static ApiError contextExceeded(String param, String message) {
        return new ApiError(
                400,
                INVALID_REQUEST,
                "context_length_exceeded",
                Optional.of(param),
                message,
                Optional.empty(),
                HttpErrorType.VALIDATION);
    }

    /** Status 429: the caller asks more often than his key allows. */
    public static ApiError tooOften(Duration retryAfter) {
        return new ApiError(
                429,
                "rate_limit_error",
                "rate_limit_exceeded",
                Optional.empty(),
                "the key's requests a minute are used up; try again when Retry-After says",
                Optional.of(retryAfter),
                HttpErrorType.OVERLOAD);
    }

    /** Status 404: nobody serves a model of that name. */
    public static ApiError unknownModel(String model) {
        return new ApiError(
                404,
                INVALID_REQUEST,
                "model_not_found",
                Optional.of("model"),
                "model: found '%s', expected a model that is served here: GET /v1/models lists them".formatted(model),
                Optional.empty(),
                HttpErrorType.NOT_FOUND);
    }

    /** Status 404: there is nothing at that path. */
    public static ApiError unknownPath(String method, String path) {
        return new ApiError(
                404,
                INVALID_REQUEST,
                "unknown_url",
                Optional.empty(),
                "%s %s is not part of this API".formatted(method, path),
                Optional.empty(),
                HttpErrorType.NOT_FOUND);
    }

    /** Status 500: a defect of this process; what it was is for the log. */
    public static ApiError internal() {
        return server(
                500, "internal_error", "an internal error, which the server's log explains", HttpErrorType.INTERNAL);
    }

    /** How the engine's errors look from outside: ENGINE-CONTRACT's table. */
    public static ApiError of(EngineError error) {
        return switch (error) {
            case EngineError.InvalidArgument(String message) ->
                new ApiError(
                        400,
                        INVALID_REQUEST,
                        "invalid_argument",
                        Optional.empty(),
                        message,
                        Optional.empty(),
                        HttpErrorType.VALIDATION);
            case EngineError.Overloaded(String message, Duration retryAfter) ->
                new ApiError(
                        429,
                        "rate_limit_error",
                        "overloaded",
                        Optional.empty(),
                        message,
                        Optional.of(retryAfter),
                        HttpErrorType.OVERLOAD);
            case EngineError.Draining(String message) -> unavailable("draining", message);
            case EngineError.EngineShutdown(String message) -> unavailable("engine_shutdown", message);
            case EngineError.CannotConnect(String message) -> unavailable("cannot_connect", message);
            case EngineError.WorkerUnavailable(String message) -> unavailable("worker_unavailable", message);
            case EngineError.ConnectionTimeout(String message) ->
                server(504, "connection_timeout", message, HttpErrorType.RESPONSE_TIMEOUT);
            case EngineError.ResponseTimeout(String message) ->
                server(504, "response_timeout", message, HttpErrorType.RESPONSE_TIMEOUT);
            case EngineError.Disconnected(String message) ->
                server(502, "disconnected", message, HttpErrorType.TRUNCATED_STREAM);
            case EngineError.StreamIncomplete(String message) ->
                server(502, "stream_incomplete", message, HttpErrorType.TRUNCATED_STREAM);
            case EngineError.Cancelled(String message) ->
                new ApiError(
                        499,
                        INVALID_REQUEST,
                        "cancelled",
                        Optional.empty(),
                        message,
                        Optional.empty(),
                        HttpErrorType.CANCELLED);
            case EngineError.HttpError(int status, String message) -> ofStatus(status, message);
            case EngineError.Unknown(String message) -> server(500, "internal_error", message, HttpErrorType.INTERNAL);
        };
    }

    /** An engine's own choice of status counts as the class that the status stands for. */
    private static ApiError ofStatus(int status, String message) {
        var label = switch (status) {
            case 404 -> HttpErrorType.NOT_FOUND;
            case 408, 504 -> HttpErrorType.RESPONSE_TIMEOUT;
            case 429 -> HttpErrorType.OVERLOAD;
            case 499 -> HttpErrorType.CANCELLED;
            case 501 -> HttpErrorType.NOT_IMPLEMENTED;
            case 502 -> HttpErrorType.BACKEND_ERROR;
            case 503 -> HttpErrorType.UNAVAILABLE;
            default -> status < 500 ? HttpErrorType.VALIDATION : HttpErrorType.INTERNAL;
        };
        var type = status == 429 ? "rate_limit_error" : status < 500 ? INVALID_REQUEST : SERVER;
        var retryAfter = status == 429 || status == 503 ? Optional.of(UNAVAILABLE_RETRY) : Optional.<Duration>empty();
        return new ApiError(status, type, "engine_error", Optional.empty(), message, retryAfter, label);
    }

    private static ApiError unavailable(String code, String message) {
        return new ApiError(
                503,
                SERVER,
                code,
                Optional.empty(),
                message,
                Optional.of(UNAVAILABLE_RETRY),
                HttpErrorType.UNAVAILABLE);
    }

    private static ApiError server(int status, String code, String message, HttpErrorType label) {
        return new ApiError(status, SERVER, code, Optional.empty(), message, Optional.empty(), label);
    }

    /** The {@code Retry-After} header: whole seconds, rounded up, at least 1. */
    public OptionalLong retryAfterSeconds() {
        return retryAfter
                .map(wait ->
                        OptionalLong.of(Math.max(1, wait.plusNanos(999_999_999).toSeconds())))
                .orElseGet(OptionalLong::empty);
    }

    /** The response's body. */
    public byte[] body() {
        var out = new JsonBuffer();
        write(out);
        return out.toArray();
    }

    /** The same with the request's id in it, for where no header can say it any more. */
    void write(JsonBuffer out, String requestId) {
        open(out);
        out.raw(",\"request_id\":").string(requestId).raw("}}");
    }

    private void write(JsonBuffer out) {
        open(out);
        out.raw("}}");
    }

    private void open(JsonBuffer out) {
        out.raw("{\"error\":{\"message\":")
                .string(message)
                .raw(",\"type\":")
                .string(type)
                .raw(",\"param\":");
        if (param.isPresent()) out.string(param.get());
        else out.raw("null");
        out.raw(",\"code\":").string(code);
    }
}
