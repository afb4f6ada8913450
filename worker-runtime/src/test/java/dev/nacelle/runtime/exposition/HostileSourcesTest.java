package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.metrics.Counter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sources that do their worst beside a good one, while four scrapers look on. */
class HostileSourcesTest {
    private static final Duration PACE = Duration.ofMillis(20);
    /** What the heap may differ by: the times of some hundred thousand scrapes, compiled code's constants, logs. */
    private static final long SLACK = 16 << 20;

    private final PageFixture page = new PageFixture();
    private final AtomicLong calls = new AtomicLong();
    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void everyPageIsRightWhileSourcesDoTheirWorst() throws Exception {
        addAll(2_000_000);
        assertThat(scrape(40).size()).isEqualTo(160);
    }

    /** The figures are printed: what they may be depends on the machine, and on what else runs there. */
    @Test
    @Tag("long")
    void theHeapIsFlatAfterFiveMinutesOfHostileSources() throws Exception {
        addGood();
        long[] quiet = sorted(scrape(2_000));
        long before = heapAfterCollection();
        List<ForeignSources.Registration> hostile = addHostile(50_000_000);
        List<Long> all = new ArrayList<>();
        long stop = System.nanoTime()
                + Duration.ofSeconds(Integer.getInteger("nacelle.hostile.seconds", 300))
                        .toNanos();
        while (System.nanoTime() - stop < 0) all.addAll(scrape(200));
        hostile.forEach(ForeignSources.Registration::close);
        long[] nanos = sorted(all);
        all.clear();
        // A refresh that was under way holds its text until it ends.
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        long after = heapAfterCollection();
        while (after - before > SLACK && System.nanoTime() - deadline < 0) after = heapAfterCollection();
        System.out.printf(
                "%d scrapes, none failed; p99 %.2f ms beside a good source, %.2f ms beside hostile ones; heap %d -> %d KiB%n",
                nanos.length,
                quiet[quiet.length * 99 / 100] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                before >> 10,
                after >> 10);
        assertThat(after - before).isLessThan(SLACK);
    }

    private static long heapAfterCollection() {
        for (int i = 0; i < 3; i++) System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long[] sorted(List<Long> nanos) {
        return nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    private static SourceSpec quick(String name) {
        return SourceSpec.named(name).paced(PACE, Duration.ofMillis(200), Duration.ofSeconds(60));
    }

    private void addAll(int bigBytes) {
        addGood();
        addHostile(bigBytes);
    }

    /** It answers at once, and may take its time on a busy machine. */
    private void addGood() {
        page.page
                .sources()
                .add(SourceSpec.named("good").paced(PACE, Duration.ofSeconds(30), Duration.ofMinutes(10)), this::good);
        while (!page.text().contains("good_total ")) Thread.onSpinWait();
    }

    private String good() {
        return "# TYPE good_total counter\ngood_total " + calls.incrementAndGet() + "\n";
    }

    private List<ForeignSources.Registration> addHostile(int bigBytes) {
        Counter.builder().name("own").register(page.registry).inc();
        Map<SourceSpec, ForeignText> hostile = new LinkedHashMap<>();
        hostile.put(quick("hang"), () -> {
            boolean interrupted = true;
            while (interrupted)
                try {
                    end.await();
                    interrupted = false;
                } catch (InterruptedException _) {
                    // It does not care.
                }
            return "";
        });
        hostile.put(quick("big"), () -> "x".repeat(bigBytes));
        hostile.put(quick("garbage"), () -> {
            byte[] noise = new byte[10_000];
            new SplittableRandom(calls.get()).nextBytes(noise);
            return new String(noise, java.nio.charset.StandardCharsets.ISO_8859_1);
        });
        hostile.put(quick("broken"), () -> {
            SplittableRandom random = new SplittableRandom(calls.get());
            return new String(
                    PageGenerator.broken(random, random.nextBoolean()), java.nio.charset.StandardCharsets.UTF_8);
        });
        hostile.put(
                quick("flips"),
                () -> calls.get() % 2 == 0
                        ? "# TYPE good_total gauge\ngood_total 1\n# TYPE flip gauge\nflip 1\n"
                        : "# TYPE flip histogram\nflip_bucket{le=\"+Inf\"} 1\nflip_count 1\nflip_sum 1\n");
        hostile.put(quick("explodes").limited(new SourceLimits(100, 1 << 20, 100, 100)), () -> {
            StringBuilder text = new StringBuilder();
            for (long i = 0; i < calls.get() % 300; i++)
                text.append("exploding{i=\"").append(i).append("\"} 1\n");
            return text.toString();
        });
        hostile.put(quick("throws"), () -> {
            throw new StackOverflowError();
        });
        hostile.put(quick("dies"), () -> {
            if (calls.get() % 40 < 20) throw new IOException("dead");
            return "alive 1\n";
        });
        List<ForeignSources.Registration> added = new ArrayList<>();
        hostile.forEach((spec, text) -> added.add(page.page.sources().add(spec, text)));
        return added;
    }

    /** Lets four scrapers scrape so often each; returns how long each scrape took. */
    private List<Long> scrape(int times) throws Exception {
        List<Long> nanos = new ArrayList<>();
        try (ExecutorService scrapers = Executors.newFixedThreadPool(4)) {
            List<Callable<List<Long>>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Dialect dialect = i % 2 == 0 ? Dialect.TEXT : Dialect.OPENMETRICS;
                boolean protobuf = i == 3;
                tasks.add(() -> {
                    List<Long> mine = new ArrayList<>();
                    for (int scrape = 0; scrape < times; scrape++) {
                        long start = System.nanoTime();
                        if (protobuf) {
                            page.page.snapshots(NameFilter.ALL);
                            mine.add(System.nanoTime() - start);
                        } else {
                            String text = page.write(dialect);
                            mine.add(System.nanoTime() - start);
                            check(text, dialect);
                        }
                        java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
                    }
                    return mine;
                });
            }
            for (Future<List<Long>> done : scrapers.invokeAll(tasks)) nanos.addAll(done.get());
        }
        return nanos;
    }

    private static void check(String text, Dialect dialect) {
        ExpositionReport report = ExpositionReport.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(report.refusal()).isEmpty();
        assertThat(report.complaints().stream().filter(c -> c.kind() != Complaint.Kind.NOTE))
                .as(text)
                .isEmpty();
        assertThat(text).contains("good_total ");
        if (dialect.format() == Dialect.Format.OPENMETRICS) assertThat(text).endsWith("# EOF\n");
        assertThat(Arrays.stream(text.split("\n", -1)).filter(line -> line.startsWith("# TYPE good")))
                .as(text)
                .hasSize(1);
    }

    @org.junit.jupiter.api.AfterEach
    void close() {
        end.countDown();
        page.close();
    }
}
