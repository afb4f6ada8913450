package dev.nacelle.frontend.router;

import dev.nacelle.runtime.metrics.BoundGauge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Where requests wait while every worker of a pool is saturated: the more urgent first, else in order of arrival. */
final class WaitingRoom implements AutoCloseable {
    /** Who waits. */
    interface Guest {
        /** Higher is more urgent. */
        int priority();

        long deadlineNanos();

        /** It may be its turn. @return false when it has to go on waiting */
        boolean served();

        /** It has waited too long, or in vain. */
        void turnedAway(boolean closing);
    }

    private record Seat(Guest guest, long number) {}

    private final int seats;
    private final BoundGauge occupied;
    private final Runnable wake;
    private final PriorityQueue<Seat> queue = new PriorityQueue<>(
            Comparator.<Seat>comparingInt(seat -> -seat.guest.priority()).thenComparingLong(Seat::number));
    private long next;
    private boolean closed;
    /** Whose turn it may be: it waits until it was served. */
    private @Nullable Guest called;

    private boolean calledHasLeft;
    private volatile int size;

    /** @param wake has {@link #serve} called soon */
    WaitingRoom(int seats, BoundGauge occupied, Runnable wake) {
        this.seats = seats;
        this.occupied = occupied;
        this.wake = wake;
    }

    /** Takes a guest in. @return false when there is no room */
    boolean enter(Guest guest) {
        synchronized (this) {
            if (closed || size >= seats) return false;
            queue.add(new Seat(guest, next++));
            sized();
        }
        // Somebody may have become free since the guest was told that nobody is.
        wake.run();
        return true;
    }

    /** A guest gives up. @return false when it was not waiting */
    synchronized boolean leave(Guest guest) {
        calledHasLeft |= guest.equals(called);
        boolean was = queue.removeIf(seat -> seat.guest.equals(guest));
        sized();
        return was;
    }

    /** Somebody may have become free. */
    void knock() {
        if (size > 0) wake.run();
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** Serves whom it can, and turns away who waited too long; by one thread. */
    void serve(long now) {
        for (var late : late(now)) late.turnedAway(false);
        while (true) {
            Seat first;
            synchronized (this) {
                first = queue.poll();
                if (first == null) return;
                called = first.guest;
                calledHasLeft = false;
            }
            boolean served = first.guest.served();
            boolean left;
            boolean shut;
            synchronized (this) {
                called = null;
                left = calledHasLeft;
                shut = closed;
                if (!served && !left && !shut) queue.add(first);
                sized();
            }
            if (served) continue;
            if (shut) first.guest.turnedAway(true);
            else if (left) first.guest.served(); // which tells it
            else return;
        }
    }

    private synchronized List<Guest> late(long now) {
        var late = new ArrayList<Guest>();
        queue.removeIf(seat -> {
            boolean over = now - seat.guest.deadlineNanos() >= 0;
            if (over) late.add(seat.guest);
            return over;
        });
        sized();
        return late;
    }

    private void sized() {
        int now = queue.size() + (called == null ? 0 : 1);
        occupied.add(now - size);
        size = now;
    }

    @Override
    public void close() {
        List<Guest> left;
        synchronized (this) {
            closed = true;
            left = queue.stream().map(Seat::guest).toList();
            queue.clear();
            sized();
        }
        left.forEach(guest -> guest.turnedAway(true));
    }
}
