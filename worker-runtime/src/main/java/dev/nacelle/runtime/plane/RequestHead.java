package dev.nacelle.runtime.plane;

import java.util.Map;

/**
 * What travels beside a request.
 *
 * @param id printable, unique; the one that the logs show
 * @param metadata free-form, for the engine
 * @param traceHeaders W3C trace headers where the request is traced, and {@code x-request-id} where its caller knows it
 */
public record RequestHead(String id, Map<String, String> metadata, Map<String, String> traceHeaders) {
    public RequestHead {
        metadata = Map.copyOf(metadata);
        traceHeaders = Map.copyOf(traceHeaders);
    }

    public static RequestHead of(String id) {
        return new RequestHead(id, Map.of(), Map.of());
    }
}
