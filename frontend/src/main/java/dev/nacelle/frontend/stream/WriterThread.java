package dev.nacelle.frontend.stream;

import dev.nacelle.frontend.api.JsonBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
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
 * one compare-and-set.
 *
 * <p>Those that wait when it comes to them make a turn: first each makes its bytes, one behind the other in one buffer, then
 * they are written in one go. A step of an engine gives hundreds of streams a token at the same time, and to alternate for
 * each between making and writing would find the processor's caches cold twice. For the same reason a group of streams is
 * {@linkplain Job#touch touched} before the first of them makes its bytes.
 */
public final class WriterThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriterThread.class);
    /** A little more than 10 ms: where an engine steps each 10 ms, its tokens wake the thread and no timer has to. */
    private static final long TICK_NANOS = 11_000_000;

    /** Jobs that are touched before the first of them is done: what they read fits the processor's second cache. */
    private static final int GROUP = 64;
    /** A turn with that many bytes is written before more are made. */
    private static final int TURN_BYTES = 256 << 10;

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
    private final JsonBuffer out = new JsonBuffer();
    private final List<Job> ready = new ArrayList<>();
    /** Depends on all that was touched, or a compiler could leave that out. */
    @SuppressWarnings("UnusedVariable")
    private int touched;

    private long nextTickNanos;
    private volatile boolean parked;
    private volatile boolean closed;

    /**
     * Starts the thread.
     *
     * @param delays hears about every 10 ms (5 to 11 while it is not late) how many nanoseconds later than that the
     *     thread had time for it
     */
    public WriterThread(String name, LongConsumer delays) {
        this.delays = delays;
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this::loop);
        thread.start();
    }

    /** Work that comes up again and again. Never blocks, and reports its failures by itself. */
    public abstract static class Job {
        private final WriterThread writer;
        private volatile boolean waiting;
        private @Nullable Job older;

        Job(WriterThread writer) {
            this.writer = writer;
        }

        /**
         * Does what is to be done, up to writing. What it appends to the writer's buffer stays there until the turn is over.
         *
         * @return whether {@link #write} is to be called in this turn
         */
        abstract boolean prepare();

        /** Writes what was prepared. */
        abstract void write();

        /**
         * Reads a little of all that {@link #prepare} will read, so that the processor fetches it: for many jobs in a row the
         * fetches overlap, where in the midst of the work each would be waited for.
         *
         * @return anything that depends on what was read
         */
        int touch() {
            return 0;
        }

        /** Has the work done at that time, on {@link System#nanoTime}'s clock; it may be before, too. From any thread. */
        final void wakeAt(long nanos) {
            writer.wakeAt(this, nanos);
        }

        /** Has the work done soon, once for all wake-ups until then. From any thread; never blocks. */
        public final void wake() {
            if (!waiting && WAITING.compareAndSet(this, false, true)) writer.add(this);
        }
    }

    /** A job that is to be woken later. */
    private record Later(Job job, long atNanos) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            return Long.signum(atNanos - other.atNanos);
        }
    }

    private void add(Job job) {
        Job head;
        do {
            head = newest.get();
            job.older = head;
        } while (!newest.compareAndSet(head, job));
        // Whoever finds the stack empty wakes the thread; for the others that was done.
        if (head == null && parked) LockSupport.unpark(thread);
    }

    private void wakeAt(Job job, long nanos) {
        later.add(new Later(job, nanos));
        if (parked) LockSupport.unpark(thread);
    }

    /** Makes a job of work that writes nothing. */
    public Job job(Runnable work) {
        return new Job(this) {
            @Override
            boolean prepare() {
                work.run();
                return false;
            }

            @Override
            void write() {
                throw new IllegalStateException("nothing was prepared");
            }
        };
    }

    /** What jobs append to; for this thread alone. */
    public JsonBuffer out() {
        return out;
    }

    /** Ends the thread once it has run what waits; idempotent. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void loop() {
        nextTickNanos = System.nanoTime() + TICK_NANOS;
        while (turn()) {}
    }

    /** A method of its own, as the body of a loop without end is not compiled for long. @return false when there is no more */
    private boolean turn() {
        tick();
        wakeLater();
        Job turn = newest.getAndSet(null);
        if (turn != null) runInOrder(turn);
        else if (closed) return false;
        else await();
        return true;
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

    /** A timer that is as late as the thread's work makes every stream. A thread that is awake early is not late. */
    private void tick() {
        long now = System.nanoTime();
        long late = now - nextTickNanos;
        if (late < -TICK_NANOS / 2) return;
        delays.accept(Math.max(0, late));
        nextTickNanos = now + TICK_NANOS;
    }

    private void runInOrder(Job turn) {
        Job job = oldestFirst(turn);
        while (job != null) {
            Job far = job;
            for (int i = 0; i < GROUP && far != null; i++) {
                touched += far.touch();
                far = far.older;
            }
            for (int i = 0; i < GROUP && job != null; i++) {
                Job next = job.older;
                job.older = null;
                job.waiting = false;
                prepare(job);
                if (out.end() >= TURN_BYTES) writeReady();
                job = next;
            }
        }
        writeReady();
    }

    /** The stack's newest is its first: the others have waited longer. */
    private static @Nullable Job oldestFirst(Job turn) {
        Job oldest = null;
        for (Job job = turn; job != null; ) {
            Job next = job.older;
            job.older = oldest;
            oldest = job;
            job = next;
        }
        return oldest;
    }

    private void prepare(Job job) {
        try {
            if (job.prepare()) ready.add(job);
        } catch (RuntimeException | Error e) {
            LOG.error("a stream's work failed", e);
        }
    }

    private void writeReady() {
        for (int i = 0; i < ready.size(); i++) {
            try {
                ready.get(i).write();
            } catch (RuntimeException | Error e) {
                LOG.error("a stream's write failed", e);
            }
        }
        ready.clear();
        out.rewind();
    }
}
