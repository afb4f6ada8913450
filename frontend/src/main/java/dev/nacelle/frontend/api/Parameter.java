package dev.nacelle.frontend.api;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One parameter of the API, and what becomes of it.
 *
 * @param name as it stands in a body
 * @param requests where it may stand
 * @param treatment what becomes of it
 * @param schema its JSON schema
 * @param neutral values of a refused parameter that change nothing, and are allowed; null always is
 * @param note for people: its meaning here, its bounds, what to do instead
 */
public record Parameter(
        String name, Set<Kind> requests, Treatment treatment, String schema, List<Object> neutral, String note) {
    /** The requests of the API. */
    public enum Kind {
        CHAT,
        COMPLETION,
        EMBEDDING,
        RESPONSE
    }

    /** What becomes of a parameter. */
    public enum Treatment {
        /** It does what it says. */
        HONOURED,
        /** It does what it says with engines that can; with others the request is refused, naming it. */
        CAPABILITY,
        /** It would change the result and cannot be honoured: refused, naming it. */
        REFUSED,
        /** It changes no result; the engine gets it as it is. */
        IGNORED
    }

    public Parameter {
        requests = Set.copyOf(requests);
        neutral = List.copyOf(neutral);
    }

    /** Lets a value of a refused parameter pass that changes nothing. */
    void check(JsonAt at) throws ApiException {
        if (!isNeutral(at.value())) throw at.wrong("nothing: " + note);
    }

    private boolean isNeutral(@Nullable Object value) {
        for (var allowed : neutral) {
            if (allowed.equals(value)) return true;
            if (allowed instanceof Number a && value instanceof Number b && a.doubleValue() == b.doubleValue())
                return true;
        }
        return (value instanceof Map<?, ?> map && map.isEmpty()) || (value instanceof List<?> list && list.isEmpty());
    }
}
