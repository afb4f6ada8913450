package dev.nacelle.runtime.system;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How one part of the process is, at one moment.
 *
 * @param name which part, e.g. {@code dynamo/backend/generate/7b}
 * @param state its state in a word, e.g. {@code serving}
 * @param ready whether it does its work; {@code /ready} is 200 while all parts are
 * @param details what else {@code /health} shows: progress, last error, … (JSON-like, in order)
 */
public record ComponentHealth(String name, String state, boolean ready, Map<String, Object> details) {
    public ComponentHealth {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }
}
