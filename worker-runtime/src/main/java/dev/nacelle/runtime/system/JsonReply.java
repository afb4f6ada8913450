package dev.nacelle.runtime.system;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes JSON objects as whole responses. */
final class JsonReply {
    static final ObjectMapper JSON = new ObjectMapper();

    private JsonReply() {}

    static boolean send(Response response, Callback callback, int status, Map<String, ?> body)
            throws JsonProcessingException {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(JSON.writeValueAsBytes(body)), callback);
        return true;
    }

    static boolean error(Response response, Callback callback, int status, String message)
            throws JsonProcessingException {
        return send(response, callback, status, Map.of("status", "error", "message", message));
    }

    /** Answers 405 unless the request's method is one of {@code allowed}. @return whether it answered */
    static boolean refuseMethod(Request request, Response response, Callback callback, String... allowed)
            throws JsonProcessingException {
        for (var method : allowed) if (method.equals(request.getMethod())) return false;
        var methods = String.join(", ", allowed);
        response.getHeaders().put(HttpHeader.ALLOW, methods);
        return error(response, callback, 405, "method %s, expected %s".formatted(request.getMethod(), methods));
    }
}
