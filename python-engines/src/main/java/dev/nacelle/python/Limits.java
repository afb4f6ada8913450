package dev.nacelle.python;

import java.time.Duration;

/**
 * How long the host waits for an answer of Python's; only a defect reaches it. What has a shorter limit of its own (a
 * render, a shutdown) interrupts the wait.
 */
final class Limits {
    /** The engine's class is made, its model is loaded. */
    static final Duration LOADING = Duration.ofHours(1);

    /** The engine does something: a control, an update, drain, cleanup. */
    static final Duration WORK = Duration.ofMinutes(10);

    /** The engine says something that it knows. */
    static final Duration ANSWER = Duration.ofMinutes(1);

    private Limits() {}
}
