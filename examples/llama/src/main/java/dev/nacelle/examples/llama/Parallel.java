package dev.nacelle.examples.llama;

import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Loops whose turns are independent, spread over threads where that pays. Used by one thread at a time. */
final class Parallel implements AutoCloseable {
    /** Multiply-adds below which handing work to other threads costs more than it saves. */
    private static final long WORK_MIN = 4_000_000;

    private final int threads;
    private final ForkJoinPool pool;

    /** @param threads most threads that work at once, the caller's included */
    Parallel(int threads) {
        this.threads = threads;
        pool = new ForkJoinPool(Math.max(1, threads - 1));
    }

    /**
     * Runs {@code body} for 0 to {@code count - 1}, in any order, and returns when all are done.
     *
     * @param work multiply-adds of the whole loop
     */
    void loop(int count, long work, IntConsumer body) {
        int shares = work < WORK_MIN ? 1 : Math.min(threads, count);
        if (shares == 1) {
            for (int i = 0; i < count; i++) body.accept(i);
            return;
        }
        var next = new AtomicInteger();
        Runnable share = () -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) body.accept(i);
        };
        List<ForkJoinTask<?>> others = IntStream.range(1, shares)
                .<ForkJoinTask<?>>mapToObj(_ -> pool.submit(share))
                .toList();
        share.run();
        others.forEach(ForkJoinTask::join);
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
