package dev.nacelle.routing;

/** Judges the numbers of one rank's events, which are consecutive from 0. For one thread. */
public final class EventOrder {
    /** What a number means. */
    public enum Verdict {
        /** The next one: to be applied. */
        NEXT,
        /** Known already: to be passed over. */
        STALE,
        /** Something was missed: the rank's blocks are to be dropped and built anew. */
        GAP
    }

    private long expected;

    public Verdict judge(long number) {
        if (number < expected) return Verdict.STALE;
        if (number > expected) return Verdict.GAP;
        expected++;
        return Verdict.NEXT;
    }

    /** What is before {@code next} is known now. */
    public void caughtUp(long next) {
        expected = next;
    }
}
