package dev.nacelle.python.graalpy;

import java.time.Duration;

/**
 * How one engine is run.
 *
 * @param sandbox what it may reach
 * @param jit whether it is compiled
 * @param hangTimeout how long its event loop may stand still until it is reported and interrupted
 */
public record GuestOptions(Sandbox sandbox, Jit jit, Duration hangTimeout) {}
