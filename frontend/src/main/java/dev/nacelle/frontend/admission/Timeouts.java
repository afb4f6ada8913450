package dev.nacelle.frontend.admission;

import dev.nacelle.spi.config.Setting;
import dev.nacelle.spi.error.EngineError;
import java.time.Duration;
import java.util.Optional;

/** The {@code frontend.timeouts} section: how long an engine may take, seen from the caller. 0 does not bound. */
public record Timeouts(
        @Setting(
                value =
                        "Longest time from a request's coming in to its first token; ends with 504. 0 does not bound it",
                byDefault = "10m",
                max = 86400)
        Duration firstToken,

        @Setting(
                value = "Longest time from one token to the next; ends with 504. 0 does not bound it",
                byDefault = "5m",
                max = 86400)
        Duration interToken,

        @Setting(
                value = "Longest time of a whole request; ends with 504. 0 does not bound it",
                byDefault = "0s",
                max = 604800)
        Duration request) {
    /**
     * What a request has failed at by now.
     *
     * @param startNanos when it came in, as the other two on {@link System#nanoTime}'s clock
     * @param lastTokenNanos when its last token came; 0 before the first
     */
    public Optional<EngineError> overdue(long startNanos, long lastTokenNanos, long nowNanos) {
        if (isOver(request, startNanos, nowNanos)) return late("the response was not complete within", request);
        if (lastTokenNanos == 0)
            return isOver(firstToken, startNanos, nowNanos)
                    ? late("the engine gave no token within", firstToken)
                    : Optional.empty();
        return isOver(interToken, lastTokenNanos, nowNanos)
                ? late("the engine gave no further token within", interToken)
                : Optional.empty();
    }

    private static boolean isOver(Duration limit, long since, long now) {
        return limit.isPositive() && now - since > limit.toNanos();
    }

    private static Optional<EngineError> late(String what, Duration limit) {
        return Optional.of(new EngineError.ResponseTimeout(
                "%s %s; try again, with fewer tokens if it happens again".formatted(what, text(limit))));
    }

    private static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
