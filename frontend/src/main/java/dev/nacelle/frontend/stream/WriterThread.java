package dev.nacelle.frontend.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes the responses of many streams, so that an engine's thread never does. Streams with something to
 * write wait on a stack whose links they are themselves: a wake-up allocates nothing, and while the thread is busy it is
 * one compare-and-set. What piled up meanwhile is then written together.
 */
public final class WriterThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriterThread.class);
    private static final long TICK_NANOS = 10_000_000;
    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(Job.class, "waiting", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final AtomicReference<@Nullable Job> newest = new AtomicReference<>();
    private final LongConsumer delays;
    private final Thread thread;
    private final PriorityBlockingQueue<Later> later = new PriorityBlockingQueue<>();
    private long nextTickNanos;
    private volatile boolean parked;
    private volatile boolean closed;

    /**
     * Starts the thread.
     *
     * @param delays hears, about every 10 ms, how many nanoseconds later than that the thread had time for it
     */
    public WriterThread(String name, LongConsumer delays) {
        this.delays = delays;
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this::loop);
        thread.start();
    }

    /** Work that comes up again and again. */
    public final class Job {
        private final Runnable work;
        private volatile boolean waiting;
        private @Nullable Job older;

        private Job(Runnable work) {
            this.work = work;
        }

        /** Has the work run at that time, on {@link System#nanoTime}'s clock; it may run before, too. From any thread. */
        void wakeAt(long nanos) {
            WriterThread.this.wakeAt(this, nanos);
        }

        /** Has the work run soon, once for all wake-ups until then. From any thread; never blocks. */
        public void wake() {
            if (waiting || !WAITING.compareAndSet(this, false, true)) return;
            Job head;
            do {
                head = newest.get();
                older = head;
            } while (!newest.compareAndSet(head, this));
            // Whoever finds the stack empty wakes the thread; for the others that was done.
            if (head == null && parked) LockSupport.unpark(thread);
        }
    }

    /** A job that is to be woken later. */
    private record Later(Job job, long atNanos) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            return Long.signum(atNanos - other.atNanos);
        }
    }

    private void wakeAt(Job job, long nanos) {
        later.add(new Later(job, nanos));
        if (parked) LockSupport.unpark(thread);
    }

    /** Makes a job of work that never blocks and reports its failures by itself. */
    public Job job(Runnable work) {
        return new Job(work);
    }

    /** Ends the thread once it has run what waits; idempotent. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void loop() {
        nextTickNanos = System.nanoTime() + TICK_NANOS;
        while (true) {
            tick();
            wakeLater();
            Job batch = newest.getAndSet(null);
            if (batch != null) runInOrder(batch);
            else if (closed) return;
            else await();
        }
    }

    private void await() {
        parked = true;
        if (newest.get() == null && !closed) LockSupport.parkNanos(this, Math.max(1, nextNanos() - System.nanoTime()));
        parked = false;
    }

    private long nextNanos() {
        var first = later.peek();
        return first == null || first.atNanos() - nextTickNanos > 0 ? nextTickNanos : first.atNanos();
    }

    private void wakeLater() {
        for (var first = later.peek();
                first != null && first.atNanos() - System.nanoTime() <= 0;
                first = later.peek()) {
            later.remove(first);
            first.job().wake();
        }
    }

    /** A timer that is as late as the thread's work makes every stream. */
    private void tick() {
        long now = System.nanoTime();
        long late = now - nextTickNanos;
        if (late < 0) return;
        delays.accept(late);
        nextTickNanos = now + TICK_NANOS;
    }

    /** The stack's newest is its first: the others have waited longer. */
    private static void runInOrder(Job batch) {
        Job oldest = null;
        for (Job job = batch; job != null; ) {
            Job next = job.older;
            job.older = oldest;
            oldest = job;
            job = next;
        }
        for (Job job = oldest; job != null; ) {
            Job next = job.older;
            job.older = null;
            job.waiting = false;
            try {
                job.work.run();
            } catch (RuntimeException | Error e) {
                LOG.error("a stream's work failed", e);
            }
            job = next;
        }
    }
}
