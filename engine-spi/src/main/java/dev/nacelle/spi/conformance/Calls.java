package dev.nacelle.spi.conformance;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Calls into an engine, each on a thread of its own that is given up when it takes too long. The threads share a group,
 * which threads that the engine starts inherit.
 */
final class Calls {
    private final ThreadGroup group = new ThreadGroup("nacelle-conformance");

    /** How a call came back. */
    sealed interface Called<T extends @Nullable Object> {}

    record Returned<T extends @Nullable Object>(T value) implements Called<T> {}

    record Threw<T extends @Nullable Object>(Throwable thrown) implements Called<T> {}

    /** Not at all: its thread was interrupted and left behind. */
    record Hangs<T extends @Nullable Object>(String where) implements Called<T> {}

    /** Does something to an engine. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    <T extends @Nullable Object> Called<T> within(Duration limit, Callable<T> body) throws InterruptedException {
        var task = new FutureTask<T>(body);
        var thread = new Thread(group, task, "nacelle-conformance-call");
        thread.setDaemon(true);
        thread.start();
        try {
            return new Returned<>(task.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            return new Threw<>(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            var where = where(thread);
            thread.interrupt();
            return new Hangs<>("did not return within %s; it was %s".formatted(text(limit), where));
        }
    }

    /** What is wrong with an action, in one sentence; null when it returned in time. */
    @Nullable
    String trouble(Duration limit, Action action) throws InterruptedException {
        Called<String> called = within(limit, () -> {
            action.run();
            return "";
        });
        return trouble(called);
    }

    static @Nullable String trouble(Called<?> called) {
        return switch (called) {
            case Returned<?> _ -> null;
            case Threw<?>(Throwable thrown) -> "threw " + text(thrown);
            case Hangs<?>(String where) -> where;
        };
    }

    /** Threads of the group that would keep the process alive. */
    String threadsLeft() {
        var threads = new Thread[group.activeCount() + 16];
        int count = group.enumerate(threads);
        return Arrays.stream(threads, 0, count)
                .filter(thread -> thread.isAlive() && !thread.isDaemon())
                .map(Thread::getName)
                .collect(Collectors.joining(", "));
    }

    /** Where a thread is, in the topmost frames that are not the JDK's. */
    static String where(Thread thread) {
        var frames = Arrays.stream(thread.getStackTrace())
                .filter(frame -> !"java.base".equals(frame.getModuleName()))
                .limit(2)
                .map(frame -> "%s.%s(%s:%d)"
                        .formatted(
                                frame.getClassName()
                                        .substring(frame.getClassName().lastIndexOf('.') + 1),
                                frame.getMethodName(),
                                frame.getFileName(),
                                frame.getLineNumber()))
                .collect(Collectors.joining(" ← "));
        return frames.isEmpty() ? "nowhere to be seen" : "in " + frames;
    }

    static String text(Throwable thrown) {
        return thrown.toString().lines().findFirst().orElse(thrown.getClass().getName());
    }

    static String text(Duration limit) {
        return limit.toMillis() % 1000 == 0
                ? limit.toSeconds() + " s"
                : String.format(Locale.ROOT, "%d ms", limit.toMillis());
    }
}
