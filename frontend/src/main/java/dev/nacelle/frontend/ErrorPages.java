package dev.nacelle.frontend;

import dev.nacelle.frontend.api.ApiError;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Errors in OpenAI's shape for whatever is no request of the API: Jetty's own pages are HTML and tell class names. */
final class ErrorPages {
    private ErrorPages() {}

    /** Jetty's hook: the response's status says what went wrong. */
    static boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        if (status == 404) return unknownPath(request, response, callback);
        var reason = HttpStatus.getMessage(status).toLowerCase(Locale.ROOT);
        var error = switch (status) {
            case 431 -> ApiError.refused(status, "head_too_large", "the request's head is larger than is allowed here");
            case 505 ->
                ApiError.refused(status, "http_version_not_supported", "send HTTP/1.1, or HTTP/2 in clear text");
            case 400 -> ApiError.refused(status, "bad_request", "the request is no valid HTTP");
            default ->
                status < 500
                        ? ApiError.refused(status, reason.replace(' ', '_'), "the request is refused: " + reason)
                        : ApiError.internal();
        };
        return write(error, response, callback);
    }

    static boolean unknownPath(Request request, Response response, Callback callback) {
        return write(
                ApiError.unknownPath(request.getMethod(), request.getHttpURI().getDecodedPath()), response, callback);
    }

    static boolean write(ApiError error, Response response, Callback callback) {
        var body = ByteBuffer.wrap(error.body());
        response.setStatus(error.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
        error.retryAfterSeconds().ifPresent(seconds -> response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds));
        response.write(true, body, callback);
        return true;
    }
}
