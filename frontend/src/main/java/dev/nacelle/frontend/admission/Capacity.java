package dev.nacelle.frontend.admission;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Places for requests that are worked on, and a line of those that wait for one, first come first served. From any thread;
 * nobody is told anything under the lock.
 */
public final class Capacity {
    /** Who wants a place. Hears exactly one answer, on the caller's thread or on one that gave a place back or looks at the clock. */
    public interface Applicant {
        /** Has the place until it closes it. */
        void admitted(Place place);

        void refused(Refusal why);
    }

    /** Why there is no place. */
    public enum Refusal {
        /** All places are taken, and the line is full or the applicant does not want to wait. */
        FULL,
        /** None came free in time. */
        WAITED_TOO_LONG,
        /** The server shuts down. */
        SHUT
    }

    private final Deque<Waiting> line = new ArrayDeque<>();
    private AdmissionConfig limits;
    private int taken;
    private boolean shut;

    private record Waiting(Applicant applicant, long deadlineNanos) {
        @SuppressWarnings("ReferenceEquality") // an applicant is itself and nobody else
        boolean isOf(Applicant other) {
            return applicant == other;
        }
    }

    public Capacity(AdmissionConfig limits) {
        this.limits = limits;
    }

    /** A place; closing gives it to the next in line, and is idempotent. */
    public final class Place implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();

        private Place() {}

        @Override
        public void close() {
            if (over.compareAndSet(false, true)) giveBack();
        }
    }

    /**
     * Asks for a place; the answer may come before this returns.
     *
     * @return whether the applicant went into the line: its answer comes later
     */
    public boolean ask(Applicant applicant, boolean mayWait) {
        boolean admitted;
        synchronized (this) {
            admitted = !shut && line.isEmpty() && taken < limits.requests();
            if (admitted) {
                taken++;
            } else if (!shut && mayWait && line.size() < limits.queue()) {
                line.add(new Waiting(
                        applicant, System.nanoTime() + limits.queueTimeout().toNanos()));
                return true;
            }
        }
        if (admitted) applicant.admitted(new Place());
        else applicant.refused(isShut() ? Refusal.SHUT : Refusal.FULL);
        return false;
    }

    /** Takes an applicant out of the line. @return false when it is not in it: it had its answer, or has it soon */
    public synchronized boolean withdraw(Applicant applicant) {
        return line.removeIf(waiting -> waiting.isOf(applicant));
    }

    /** Refuses those who have waited too long; to be called now and then. */
    public void expire() {
        List<Waiting> late = new ArrayList<>();
        synchronized (this) {
            if (line.isEmpty()) return;
            long now = System.nanoTime();
            while (!line.isEmpty() && line.peek().deadlineNanos() - now <= 0) late.add(line.remove());
        }
        for (var waiting : late) waiting.applicant().refused(Refusal.WAITED_TOO_LONG);
    }

    /** Refuses whoever waits and whoever comes; who has a place keeps it. Idempotent. */
    public void shut() {
        List<Waiting> refused;
        synchronized (this) {
            shut = true;
            refused = List.copyOf(line);
            line.clear();
        }
        for (var waiting : refused) waiting.applicant().refused(Refusal.SHUT);
    }

    /** What holds now. */
    public synchronized AdmissionConfig limits() {
        return limits;
    }

    /** Changes what holds: who has a place keeps it, who waits may get one; deadlines stay as they were. */
    public void limits(AdmissionConfig changed) {
        synchronized (this) {
            limits = changed;
        }
        admitNext();
    }

    /** Places taken. */
    public synchronized int taken() {
        return taken;
    }

    /** Length of the line. */
    public synchronized int waiting() {
        return line.size();
    }

    private synchronized boolean isShut() {
        return shut;
    }

    private void giveBack() {
        synchronized (this) {
            taken--;
        }
        admitNext();
    }

    private void admitNext() {
        for (var next = next(); next.isPresent(); next = next())
            next.get().applicant().admitted(new Place());
    }

    private synchronized Optional<Waiting> next() {
        if (line.isEmpty() || taken >= limits.requests()) return Optional.empty();
        taken++;
        return Optional.of(line.remove());
    }
}
