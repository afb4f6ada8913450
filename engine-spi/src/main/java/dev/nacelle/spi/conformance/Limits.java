package dev.nacelle.spi.conformance;

import java.time.Duration;

/**
 * How long the kit waits, each at least 1 ms.
 *
 * @param call for what does not wait for a model: create, setupMetrics, abort, …
 * @param start for {@code start}
 * @param answer for a few tokens
 * @param cancel from a cancellation to the stream's end
 * @param cleanup for {@code cleanup}
 */
record Limits(Duration call, Duration start, Duration answer, Duration cancel, Duration cleanup) {
    /** The 2 s of a cancellation and the 5 s that belong to cleanup are the contract's; a large model needs the rest. */
    static final Limits DEFAULT = new Limits(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5));

    Limits {
        positive("call", call);
        positive("start", start);
        positive("answer", answer);
        positive("cancel", cancel);
        positive("cleanup", cleanup);
    }

    Limits withStart(Duration value) {
        return new Limits(call, value, answer, cancel, cleanup);
    }

    Limits withAnswer(Duration value) {
        return new Limits(call, start, value, cancel, cleanup);
    }

    private static void positive(String what, Duration limit) {
        if (limit.toMillis() < 1)
            throw new IllegalArgumentException("%s limit %s, expected at least 1 ms".formatted(what, limit));
    }
}
