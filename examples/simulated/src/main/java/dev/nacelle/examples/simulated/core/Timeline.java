package dev.nacelle.examples.simulated.core;

import java.util.PriorityQueue;

/** Virtual time and what is to happen in it. Actions of the same moment run in the order in which they were added. */
public final class Timeline {
    /** What {@link #nextNanos} says when nothing is to happen. */
    public static final long NEVER = Long.MAX_VALUE;

    private record Event(long nanos, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowNanos;
    private long added;

    /** Nanoseconds since the timeline began. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Runs {@code action} at that moment; at the present one, if it has passed. */
    public void at(long nanos, Runnable action) {
        events.add(new Event(Math.max(nanos, nowNanos), added++, action));
    }

    /** Runs {@code action} so much later. */
    public void after(long nanos, Runnable action) {
        at(nowNanos + nanos, action);
    }

    /** The moment of the next action, or {@link #NEVER}. */
    public long nextNanos() {
        var next = events.peek();
        return next == null ? NEVER : next.nanos;
    }

    /** Goes to the next action and runs it. False when there is none. */
    public boolean runNext() {
        var next = events.poll();
        if (next == null) return false;
        nowNanos = next.nanos;
        next.action.run();
        return true;
    }

    /** Runs everything up to and including that moment, and ends there. */
    public void runUntil(long nanos) {
        while (nextNanos() <= nanos) runNext();
        nowNanos = Math.max(nowNanos, nanos);
    }

    /** Runs until nothing is left to happen. */
    public void run() {
        while (runNext()) {
            // as it says
        }
    }

    /** Lets time pass in which nothing happens: no further than to the next action. */
    public void idleUntil(long nanos) {
        nowNanos = Math.max(nowNanos, Math.min(nanos, nextNanos()));
    }
}
