package dev.nacelle.frontend.admission;

import dev.nacelle.spi.EngineAction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code POST /engine/update/admission} on the system port: shows the limits and what is taken of them, and changes those
 * that the body names, under the names they have in {@code frontend.admission}.
 */
public final class AdmissionControl implements EngineAction {
    private static final String REQUESTS = "requests";
    private static final String QUEUE = "queue";
    private static final String QUEUE_TIMEOUT = "queue_timeout_ms";
    private static final String PROMPT_TOKENS = "prompt_tokens";
    private static final Set<String> NAMES = Set.of(REQUESTS, QUEUE, QUEUE_TIMEOUT, PROMPT_TOKENS);

    private final Capacity capacity;
    private final Budget promptTokens;

    public AdmissionControl(Capacity capacity, Budget promptTokens) {
        this.capacity = capacity;
        this.promptTokens = promptTokens;
    }

    @Override
    public synchronized Map<String, Object> apply(Map<String, Object> body) {
        var unknown = new TreeSet<>(body.keySet());
        unknown.removeAll(NAMES);
        if (!unknown.isEmpty()) return error("%s: expected only %s".formatted(unknown.first(), new TreeSet<>(NAMES)));
        try {
            var now = capacity.limits();
            var changed = new AdmissionConfig(
                    (int) number(body, REQUESTS, now.requests(), 1, Integer.MAX_VALUE),
                    (int) number(body, QUEUE, now.queue(), 0, 1 << 20),
                    Duration.ofMillis(
                            number(body, QUEUE_TIMEOUT, now.queueTimeout().toMillis(), 1, 3_600_000)),
                    number(body, PROMPT_TOKENS, now.promptTokens(), 0, Long.MAX_VALUE));
            if (!changed.equals(now)) capacity.limits(changed);
            return shown(changed);
        } catch (IllegalArgumentException e) {
            return error(String.valueOf(e.getMessage()));
        }
    }

    private Map<String, Object> shown(AdmissionConfig limits) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("status", "ok");
        shown.put(REQUESTS, limits.requests());
        shown.put(QUEUE, limits.queue());
        shown.put(QUEUE_TIMEOUT, limits.queueTimeout().toMillis());
        shown.put(PROMPT_TOKENS, limits.promptTokens());
        shown.put("requests_taken", capacity.taken());
        shown.put("queue_taken", capacity.waiting());
        shown.put("prompt_tokens_taken", promptTokens.taken());
        return shown;
    }

    private static long number(Map<String, Object> body, String name, long otherwise, long min, long max) {
        return switch (body.get(name)) {
            case null -> otherwise;
            case Integer value when value >= min && value <= max -> value;
            case Long value when value >= min && value <= max -> value;
            case Object value ->
                throw new IllegalArgumentException(
                        "%s: found %s, expected a whole number from %d to %d".formatted(name, value, min, max));
        };
    }

    private static Map<String, Object> error(String message) {
        return Map.of("status", "error", "message", message);
    }
}
