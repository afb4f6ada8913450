package dev.nacelle.runtime.plane;

/** Why a running request is given up. */
public enum CancelCause {
    /** The client left. Counted as a cancellation. */
    CLIENT_GONE,
    /** The frontend has all it needs, a stop string for instance. Neither an error nor a counted cancellation. */
    SATISFIED,
    /** The engine took longer than the frontend waits. Counted as an error of the engine's, not as a cancellation. */
    TIMEOUT,
    /** The reader is too slow and its queue ran over. */
    SLOW_READER,
    /** The host's shutdown budget is over. */
    SHUTDOWN
}
