package dev.nacelle.runtime.role;

import java.time.Duration;

/**
 * The end of a budget that several stages share.
 *
 * @param atNanos on {@link System#nanoTime}'s clock
 */
public record Deadline(long atNanos) {
    public static Deadline in(Duration budget) {
        return new Deadline(System.nanoTime() + budget.toNanos());
    }

    /** What is left; zero once it is over. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, atNanos - System.nanoTime()));
    }

    public boolean isOver() {
        return atNanos - System.nanoTime() <= 0;
    }

    /** The same end, {@code reserve} earlier: what a stage leaves for those after it. */
    public Deadline minus(Duration reserve) {
        return new Deadline(atNanos - reserve.toNanos());
    }
}
