package dev.nacelle.frontend;

import dev.nacelle.frontend.api.ApiError;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors in OpenAI's shape for whatever is no request of the API: Jetty's own pages are HTML and tell class names. */
final class ErrorPages {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorPages.class);

    private ErrorPages() {}

    /** Jetty's hook: the response's status says what went wrong, or what was thrown does. */
    static boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        if (status == 404) return unknownPath(request, response, callback);
        return write(isCallersFault(request, status) ? refused(status) : ApiError.internal(), response, callback);
    }

    private static boolean isCallersFault(Request request, int status) {
        return switch (request.getAttribute(ErrorHandler.ERROR_EXCEPTION)) {
            // A status that a handler chose.
            case null -> status < 500;
            // No HTTP, of an unknown version for instance; or cut off in the middle.
            case HttpException cause -> isRefused(request, (Throwable) cause);
            case EofException cause -> isRefused(request, cause);
            case Throwable failure -> {
                LOG.error(
                        "{} {} failed",
                        request.getMethod(),
                        request.getHttpURI().getPath(),
                        failure);
                yield false;
            }
            default -> false;
        };
    }

    private static boolean isRefused(Request request, Throwable cause) {
        LOG.debug("{}: no HTTP", request.getConnectionMetaData().getRemoteSocketAddress(), cause);
        return true;
    }

    private static ApiError refused(int status) {
        var reason = HttpStatus.getMessage(status).toLowerCase(Locale.ROOT);
        return switch (status) {
            case 400 -> ApiError.refused(status, "bad_request", "the request is no valid HTTP");
            case 431 -> ApiError.refused(status, "head_too_large", "the request's head is larger than is allowed here");
            default ->
                status < 500
                        ? ApiError.refused(status, reason.replace(' ', '_'), "the request is refused: " + reason)
                        : refused(400);
        };
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
