package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.role.Deadline;
import dev.nacelle.runtime.role.RunningRole;
import dev.nacelle.runtime.role.StartException;
import dev.nacelle.runtime.role.StopRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers of one process: they start together, stop together, and else know nothing of each other. */
final class RunningWorkers implements RunningRole {
    private static final Logger LOG = LoggerFactory.getLogger(RunningWorkers.class);

    /** What workers get to stop in when nobody gave them a deadline: one of them could not start, or nobody drained. */
    private static final Duration SHORT_STOP = Duration.ofSeconds(10);

    private static final Duration STOP_POLL = Duration.ofMillis(50);

    private final List<Worker> workers;
    private final AtomicBoolean drained = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RunningWorkers(List<Worker> workers) {
        this.workers = List.copyOf(workers);
    }

    /**
     * Starts all of them, each on a thread of its own.
     *
     * @throws StartException of the first that failed; all have been stopped and cleaned up by then
     * @throws InterruptedException likewise
     */
    static RunningWorkers start(List<Worker> workers, StopRequest stop) throws StartException, InterruptedException {
        var running = new RunningWorkers(workers);
        try {
            running.startAll(stop);
            return running;
        } catch (StartException | InterruptedException e) {
            running.drain(stop.deadline().orElseGet(() -> Deadline.in(SHORT_STOP)));
            running.close();
            throw e;
        }
    }

    @Override
    public List<String> served() {
        return workers.stream().map(Worker::served).flatMap(Optional::stream).toList();
    }

    @Override
    public boolean drain(Deadline deadline) {
        if (!drained.compareAndSet(false, true)) return true;
        // On threads of the platform: virtual ones starve while an engine computes on those of its requests.
        var clean = new AtomicBoolean(true);
        var done = new CountDownLatch(workers.size());
        for (var worker : workers)
            Thread.ofPlatform().name("drain").start(() -> {
                try {
                    if (!worker.drain(deadline)) clean.set(false);
                } catch (RuntimeException | Error e) {
                    LOG.error("worker {}: could not be drained", worker, e);
                    clean.set(false);
                } finally {
                    done.countDown();
                }
            });
        awaitUninterruptibly(done);
        return clean.get();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        drain(Deadline.in(SHORT_STOP));
        workers.forEach(Worker::close);
    }

    private void startAll(StopRequest stop) throws StartException, InterruptedException {
        var failure = new AtomicReference<@Nullable StartException>();
        var interrupted = new AtomicBoolean();
        var done = new CountDownLatch(workers.size());
        for (var worker : workers)
            worker.startThread(() -> {
                        try {
                            worker.start(() -> stop.isMade() || interrupted.get() || failure.get() != null, e -> {
                                // Said at once: the others' starts are let finish, and that may take minutes.
                                LOG.error("{}", e.getMessage());
                                failure.compareAndSet(null, e);
                            });
                        } finally {
                            done.countDown();
                        }
                    })
                    .start();
        // First, whatever else happened: a start that is not waited for cleans up after itself only when it knows.
        List<String> late = awaitStarts(done, stop, interrupted) ? List.of() : leaveBehind();
        if (interrupted.get()) throw new InterruptedException("interrupted while engines were starting");
        var first = failure.get();
        if (first != null) throw first;
        if (!late.isEmpty())
            throw new StartException(
                    "%s: the engine's start had not returned when the shutdown's budget was over; it is left behind, and cleaned up if it still returns"
                            .formatted(String.join(", ", late)));
    }

    /**
     * Waits for the engines' starts to return, as nothing can be done with an engine in the middle of its start: through
     * interrupts, and up to the end of a shutdown's budget.
     */
    private static boolean awaitStarts(CountDownLatch done, StopRequest stop, AtomicBoolean interrupted) {
        while (true) {
            try {
                if (done.await(STOP_POLL.toMillis(), TimeUnit.MILLISECONDS)) return true;
                if (stop.deadline().filter(Deadline::isOver).isPresent()) return false;
            } catch (InterruptedException _) {
                interrupted.set(true);
            }
        }
    }

    /** @return the workers whose start has not returned */
    private List<String> leaveBehind() {
        return workers.stream()
                .filter(Worker::leaveBehind)
                .map(Worker::toString)
                .toList();
    }

    /** Waits whatever happens, as an engine may not be left in the middle of its life; an interrupt is kept for later. */
    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
