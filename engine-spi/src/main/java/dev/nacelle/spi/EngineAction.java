package dev.nacelle.spi;

import java.util.Map;

/** A control or an update that an engine offers on the system port. Called from any thread, concurrently. */
@FunctionalInterface
public interface EngineAction {
    /**
     * Carries the action out.
     *
     * @param body the request's JSON object
     * @return a JSON-like object; a semantic failure is {@code {"status": "error", "message": …}}
     * @throws Exception becomes status 500
     */
    Map<String, Object> apply(Map<String, Object> body) throws Exception;
}
