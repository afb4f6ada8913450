package dev.nacelle.routing;

/** What came of a request to place. */
public sealed interface Placement {
    /**
     * A rank was chosen, and the request's work is counted there until the booking is closed.
     *
     * @param reason why this one
     * @param candidates how many there were
     * @param cost in blocks; 0 where costs were not compared
     * @param blocks full blocks of the prompt; 0 where they were not looked at
     * @param cachedBlocks how many of them the rank holds already, from the beginning
     * @param timing how long each step took
     */
    record Placed(
            Booking booking, Reason reason, int candidates, double cost, int blocks, int cachedBlocks, Timing timing)
            implements Placement {
        public Rank rank() {
            return booking.rank();
        }
    }

    /** All that are ready have as much to do as they should have. */
    record Saturated() implements Placement {}

    /** Nobody who may get it is ready. */
    record NobodyReady() implements Placement {}

    /** Why a rank was chosen. */
    enum Reason {
        /** The caller named it. */
        DIRECT,
        TURN,
        CHANCE,
        /** Less busy than another. */
        LESS_LOADED,
        LOWEST_COST,
        /** As cheap as others, and it had the session's last request. */
        SESSION,
        /** By chance, the likelier the cheaper. */
        SAMPLED
    }

    /** Readings of one clock in nanoseconds, in the order in which they were taken. */
    record Timing(long start, long hashed, long matched, long sequenced, long scheduled) {}
}
