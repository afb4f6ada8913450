package dev.nacelle.frontend.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.frontend.api.JsonBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    void aTurnsBytesAreMadeBeforeTheFirstOfThemIsWritten() throws InterruptedException {
        var steps = Collections.synchronizedList(new ArrayList<String>());
        var blocked = new CountDownLatch(1);
        var started = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        try (var writer = new WriterThread("writer", _ -> {})) {
            var jobs = Stream.of("a", "fails", "b")
                    .map(name -> new Chunk(writer, name, steps))
                    .toList();
            writer.job(() -> {
                        started.countDown();
                        awaitQuietly(blocked);
                    })
                    .wake();
            started.await();
            for (var job : jobs) job.wake();
            blocked.countDown();
            // In a turn after theirs, at the earliest.
            writer.job(() -> writer.job(done::countDown).wake()).wake();
            done.await();
        }
        assertThat(steps)
                .containsExactly(
                        "touch a",
                        "touch fails",
                        "touch b",
                        "prepare a",
                        "prepare fails",
                        "prepare b",
                        "write a",
                        "write fails",
                        "write b");
    }

    /** Appends its name, and finds it again when it is to be written. */
    private static final class Chunk extends WriterThread.Job {
        private final JsonBuffer out;
        private final String name;
        private final List<String> steps;
        private int from;
        private int to;

        Chunk(WriterThread writer, String name, List<String> steps) {
            super(writer);
            out = writer.out();
            this.name = name;
            this.steps = steps;
        }

        @Override
        int touch() {
            steps.add("touch " + name);
            return 0;
        }

        @Override
        boolean prepare() {
            steps.add("prepare " + name);
            out.begin(3);
            out.raw(name);
            from = out.start();
            to = out.end();
            return true;
        }

        @Override
        void write() {
            steps.add("write " + StandardCharsets.US_ASCII.decode(out.view(from, to)));
            if (name.equals("fails")) throw new IllegalStateException("on purpose");
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
