package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.role.Deadline;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call into the engine that must not hold the host up: on a thread of its own, and only awaited for so long. */
final class EngineStep {
    private EngineStep() {}

    /** How the call ended. */
    sealed interface Outcome {
        record Done() implements Outcome {}

        record Failed(Throwable cause) implements Outcome {}

        /** It had not returned by the deadline; its thread was interrupted, and may still run. */
        record TooLate() implements Outcome {}
    }

    /** Waits through interrupts of the calling thread, which find it interrupted afterwards. */
    static Outcome run(Engine engine, String what, Deadline deadline, Callable<?> call) {
        var task = new FutureTask<>(call);
        var thread = engine.platformThread("%s-%s".formatted(engine.name(), what), task);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get(Math.max(1, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
                    return new Outcome.Done();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            return new Outcome.Failed(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            thread.interrupt();
            return new Outcome.TooLate();
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
