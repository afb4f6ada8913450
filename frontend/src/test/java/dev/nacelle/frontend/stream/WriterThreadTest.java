package dev.nacelle.frontend.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WriterThreadTest {
    @Test
    void jobsRunInTheOrderOfTheirWakeUps() throws InterruptedException {
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        try (var writer = new WriterThread("writer", _ -> {})) {
            var blocked = new CountDownLatch(1);
            var started = new CountDownLatch(1);
            var done = new CountDownLatch(1);
            var blocker = writer.job(() -> {
                started.countDown();
                awaitQuietly(blocked);
            });
            var jobs = IntStream.range(0, 5)
                    .mapToObj(i -> writer.job(() -> order.add(i)))
                    .toList();
            blocker.wake();
            started.await();
            for (var job : jobs) job.wake();
            jobs.getFirst().wake();
            writer.job(done::countDown).wake();
            blocked.countDown();
            done.await();
        }
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void aJobWokenWhileItRunsRunsAgain() throws InterruptedException {
        var runs = new AtomicInteger();
        var done = new CountDownLatch(1);
        try (var writer = new WriterThread("writer", _ -> {})) {
            var job = new WriterThread.Job[1];
            job[0] = writer.job(() -> {
                if (runs.incrementAndGet() < 3) job[0].wake();
                else done.countDown();
            });
            job[0].wake();
            done.await();
        }
        assertThat(runs).hasValue(3);
    }

    @Test
    void aFailingJobCostsNobodyElse() throws InterruptedException {
        var done = new CountDownLatch(1);
        try (var writer = new WriterThread("writer", _ -> {})) {
            writer.job(() -> {
                        throw new IllegalStateException("on purpose");
                    })
                    .wake();
            writer.job(done::countDown).wake();
            done.await();
        }
    }

    @Test
    void noWakeUpIsLostUnderContention() throws InterruptedException {
        int threads = 3;
        int wakeUps = 20_000;
        var written = new AtomicInteger();
        var seen = new AtomicInteger();
        var done = new CountDownLatch(1);
        try (var writer = new WriterThread("writer", _ -> {})) {
            var job = writer.job(() -> {
                seen.set(written.get());
                if (seen.get() == threads * wakeUps) done.countDown();
            });
            List<Thread> wakers = IntStream.range(0, threads)
                    .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                        for (int i = 0; i < wakeUps; i++) {
                            written.incrementAndGet();
                            job.wake();
                        }
                    }))
                    .toList();
            for (var waker : wakers) waker.join();
            done.await();
        }
        assertThat(seen).hasValue(threads * wakeUps);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
