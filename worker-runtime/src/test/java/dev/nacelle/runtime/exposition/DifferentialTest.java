package dev.nacelle.runtime.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages made at random, read by us and by Python's client: the same samples, or at least a page that it can read. */
class DifferentialTest {
    private static final Dialect TEXT = new Dialect(Dialect.Format.TEXT, EscapingScheme.ALLOW_UTF8);
    private static final Dialect OPENMETRICS = new Dialect(Dialect.Format.OPENMETRICS, EscapingScheme.ALLOW_UTF8);

    private static final Pattern INCOMPLETE = Pattern.compile(
            "!ValueError: (?:\\+Inf bucket missing|_g?count must be present .*|_sum/_gsum must .*): (\\S+)");
    /** A sample whose timestamp has an exponent. */
    private static final Pattern EXPONENT = Pattern.compile("(?m) [-+0-9.]+[eE][-+]?[0-9]+$");
    /** How often Prometheus reads a page, too. */
    private static final int ONE_IN = 1_000;

    private final BridgeMetrics bridge = new BridgeMetrics(new PrometheusRegistry(), _ -> {});
    private final BridgeMetrics.OfSource metrics = bridge.add("generated");

    @Test
    void aThousandPagesAreReadAsPythonReadsThem() throws Exception {
        compare(1, 0, 1, 1_000, new Progress(1_000), (_, _) -> {});
    }

    @Test
    @Tag("long")
    void aMillionPagesAreReadAsPythonReadsThemAndSomeByPrometheus(@TempDir Path folder) throws Exception {
        int from = Integer.getInteger("nacelle.differential.from", 0);
        int pages = Integer.getInteger("nacelle.differential.pages", 1_000_000);
        int shards = Runtime.getRuntime().availableProcessors();
        Progress progress = new Progress(pages - from);
        try (PrometheusOracle prometheus = new PrometheusOracle(folder);
                ExecutorService threads = Executors.newFixedThreadPool(shards)) {
            List<Callable<Void>> tasks = IntStream.range(0, shards)
                    .<Callable<Void>>mapToObj(shard -> () -> {
                        compare(2, from + shard, shards, pages, progress, (number, page) -> {
                            if (number % ONE_IN == 0) prometheus.read(number, page);
                        });
                        return null;
                    })
                    .toList();
            for (Future<Void> done : threads.invokeAll(tasks)) done.get();
        }
    }

    /** Hears of every page, after Python has read it. */
    private interface Also {
        void read(int number, byte[] page) throws Exception;
    }

    /** Says how far a run of minutes is. */
    private record Progress(int pages, AtomicInteger done) {
        Progress(int pages) {
            this(pages, new AtomicInteger());
        }

        void step() {
            int now = done.incrementAndGet();
            if (now % 10_000 == 0) System.out.printf("%,d of %,d pages%n", now, pages);
        }
    }

    /** Compares every {@code step}th page, beginning with number {@code first}. */
    private void compare(long seed, int first, int step, int pages, Progress progress, Also also) throws Exception {
        try (PythonOracle oracle = PythonOracle.start()) {
            for (int i = first; i < pages; i += step) {
                SplittableRandom random = new SplittableRandom(seed << 32 | i);
                boolean openMetrics = random.nextBoolean();
                boolean valid = random.nextBoolean();
                byte[] page =
                        valid ? PageGenerator.valid(random, openMetrics) : PageGenerator.broken(random, openMetrics);
                if (valid) compareValid(oracle, i, page, openMetrics);
                else checkBroken(oracle, i, page, random);
                also.read(i, page);
                progress.step();
            }
        }
    }

    private void compareValid(PythonOracle oracle, int number, byte[] page, boolean openMetrics) throws Exception {
        String shown = "page %d:%n%s".formatted(number, new String(page, StandardCharsets.UTF_8));
        Dialect.Format format = openMetrics ? Dialect.Format.OPENMETRICS : Dialect.Format.TEXT;
        String expected = oracle.read(format, page);
        assertThat(expected).as(shown).doesNotStartWith("!");
        ParsedPage parsed = ExpositionParser.parse(page, SourceSpec.named("generated"));
        assertThat(parsed.complaints()).as(shown).isEmpty();
        ForeignPage foreign = new ForeignPage(SourceSpec.named("generated"), metrics, page, parsed);
        assertThat(oracle.read(Dialect.Format.OPENMETRICS, write(foreign, OPENMETRICS)))
                .as(shown)
                .isEqualTo(expected);
        assertThat(oracle.read(Dialect.Format.TEXT, write(foreign, TEXT)))
                .as(shown)
                .isEqualTo(expected.replaceAll(" # [^\n]*", ""));
        assertThat(snapshots(foreign)).as(shown).isNotZero();
    }

    private void checkBroken(PythonOracle oracle, int number, byte[] page, SplittableRandom random) throws Exception {
        String shown = "page %d:%n%s".formatted(number, new String(page, StandardCharsets.UTF_8));
        ParsedPage parsed;
        try {
            parsed = ExpositionParser.parse(page, SourceSpec.named("generated"));
        } catch (BadLine | TooLarge _) {
            return;
        }
        SourceSpec spec = random.nextBoolean()
                ? SourceSpec.named("generated")
                : SourceSpec.named("generated").labelled(java.util.Map.of("l", "injected", "z", "ü\"\\\n"));
        ForeignPage foreign = new ForeignPage(spec, metrics, page, parsed);
        for (EscapingScheme escaping : EscapingScheme.values()) {
            byte[] openMetrics = write(foreign, new Dialect(Dialect.Format.OPENMETRICS, escaping));
            // This scheme makes __x of _x, which Prometheus expects and Python refuses.
            if (escaping == EscapingScheme.DOTS_ESCAPING) continue;
            String read = oracle.read(Dialect.Format.OPENMETRICS, openMetrics);
            String written = new String(openMetrics, StandardCharsets.UTF_8);
            if (!isPythonsOwnMistake(read, written))
                assertThat(read).as("%s%nwritten:%n%s", shown, written).doesNotStartWith("!");
            byte[] text = write(foreign, new Dialect(Dialect.Format.TEXT, escaping));
            assertThat(oracle.read(Dialect.Format.TEXT, text))
                    .as("%s%nwritten:%n%s", shown, new String(text, StandardCharsets.UTF_8))
                    .doesNotStartWith("!");
        }
        snapshots(foreign);
    }

    /** What Python's parser makes of three things that the format allows. */
    private static boolean isPythonsOwnMistake(String read, String written) {
        // It cannot read a quote within an exemplar's label.
        if (read.startsWith("!ValueError: Invalid line: # {") && read.contains("\\\"")) return true;
        // It takes a timestamp with an exponent for a float, and then asks a float for its seconds.
        if (read.equals("!AttributeError: 'float' object has no attribute 'sec'"))
            return EXPONENT.matcher(written).find();
        // Of a series with two points in time it forgets the second one's samples after the first of them.
        Matcher incomplete = INCOMPLETE.matcher(read);
        return incomplete.matches() && hasSeriesTwice(written, incomplete.group(1));
    }

    private static boolean hasSeriesTwice(String page, String family) {
        Set<String> seen = new HashSet<>();
        return page.lines()
                .filter(line -> line.startsWith(family + "_"))
                .map(line -> line.replaceFirst(" # \\{.*", "")) // without an exemplar
                .map(line -> line.substring(0, line.indexOf(' ', line.lastIndexOf('}') + 1)))
                .anyMatch(series -> !seen.add(series));
    }

    private static byte[] write(ForeignPage foreign, Dialect dialect) {
        List<Merge.Accepted> accepted = Merge.of(List.of(), List.of(foreign), Set.of(), new HashSet<>());
        PageBuffer to = new PageBuffer(1024);
        new PageWriter(to, dialect, NameFilter.ALL).write(PagePlan.of(dialect, List.of(), accepted), List.of());
        return to.toBytes();
    }

    private static int snapshots(ForeignPage foreign) {
        List<Merge.Accepted> accepted = Merge.of(List.of(), List.of(foreign), Set.of(), new HashSet<>());
        return MergedSnapshots.of(List.of(), List.of(), accepted, NameFilter.ALL)
                .size();
    }
}
