package dev.nacelle.runtime.exposition;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One foreign source: its last good page, and at most one refresh under way. A refresh runs on a thread of its own; one
 * that outlives its deadline is given up and interrupted, and no other starts until it has ended.
 */
final class Source {
    private static final Logger LOG = LoggerFactory.getLogger(Source.class);
    /** A source that hung waits for at most so many intervals until it is tried again. */
    private static final int MOST_BACK_OFF = 32;

    /** Reads the text of a source. */
    interface Reader {
        byte[] read(SourceLimits limits) throws Exception;
    }

    private record Refresh(Thread thread, long startNanos) {}

    private final SourceSpec spec;
    private final Reader reader;
    private final BridgeMetrics.OfSource metrics;
    private final Runnable onChange;

    private @Nullable Refresh refresh;
    private boolean overdue;
    private int hangs;
    private long nextNanos;
    private long goodNanos;
    private Optional<ForeignPage> page = Optional.empty();
    private Optional<String> lastError = Optional.empty();
    /** What was logged since it answered last. */
    private final Set<BridgeMetrics.Failure> logged = EnumSet.noneOf(BridgeMetrics.Failure.class);

    private boolean closed;
    private CountDownLatch attempt = new CountDownLatch(1);

    Source(SourceSpec spec, Reader reader, BridgeMetrics.OfSource metrics, Runnable onChange, long nowNanos) {
        this.spec = spec;
        this.reader = reader;
        this.metrics = metrics;
        this.onChange = onChange;
        this.nextNanos = nowNanos;
    }

    SourceSpec spec() {
        return spec;
    }

    /** Opens when the first refresh since the last {@link #wake} has ended, well or badly. */
    synchronized CountDownLatch attempt() {
        return attempt;
    }

    /** Starts a refresh when one is due, gives one up whose time is over. Returns when to be called again. */
    synchronized long tick(long nowNanos) {
        if (closed) return Long.MAX_VALUE;
        Refresh running = refresh;
        if (running == null) {
            if (nowNanos - nextNanos < 0) return nextNanos;
            start(nowNanos);
            return nowNanos + Math.min(spec.timeout().toNanos(), spec.interval().toNanos());
        }
        long deadline = running.startNanos + spec.timeout().toNanos();
        if (overdue) return nowNanos + spec.interval().toNanos();
        if (nowNanos - deadline < 0)
            return Math.min(deadline, nowNanos + spec.interval().toNanos());
        overdue = true;
        hangs++;
        failed(
                BridgeMetrics.Failure.TIMEOUT,
                "no answer within %d ms".formatted(spec.timeout().toMillis()));
        running.thread.interrupt();
        attempt.countDown();
        return nowNanos + spec.interval().toNanos();
    }

    /** Makes the next refresh due at once, unless the source hangs. */
    synchronized void wake(long nowNanos) {
        if (hangs > 0) return;
        nextNanos = nowNanos;
        attempt = new CountDownLatch(1);
    }

    private void start(long nowNanos) {
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("nacelle-source-" + spec.name())
                .unstarted(this::run);
        refresh = new Refresh(thread, nowNanos);
        overdue = false;
        nextNanos = nowNanos + spec.interval().toNanos();
        thread.start();
    }

    private void run() {
        long start = System.nanoTime();
        try {
            byte[] text = reader.read(spec.limits());
            long took = System.nanoTime() - start;
            Optional<ForeignPage> before = page();
            boolean unchanged = before.isPresent() && Arrays.equals(before.get().text(), text);
            ParsedPage parsed = unchanged ? ParsedPage.EMPTY : ExpositionParser.parse(text, spec);
            ended(() -> {
                metrics.took(Duration.ofNanos(took));
                if (!unchanged && parsed.isGarbage()) {
                    notRead(
                            parsed.complaints().isEmpty()
                                    ? "no family"
                                    : parsed.complaints().getFirst().toString());
                    return;
                }
                goodNanos = System.nanoTime();
                hangs = 0;
                recovered();
                if (!unchanged) take(new ForeignPage(spec, metrics, text, parsed));
            });
        } catch (TooLarge e) {
            ended(() -> tooLarge(e));
        } catch (BadLine e) {
            ended(() -> notRead(e.reason()));
        } catch (Throwable e) {
            // Also an Error, such as a StackOverflowError of the callback: it must not end more than this refresh.
            ended(() -> failed(BridgeMetrics.Failure.EXCEPTION, e.toString()));
        }
    }

    private synchronized void ended(Runnable outcome) {
        boolean tooLate = overdue;
        refresh = null;
        overdue = false;
        if (tooLate) {
            long backOff = Math.min(1L << Math.min(hangs, 5), MOST_BACK_OFF);
            nextNanos = System.nanoTime() + spec.interval().toNanos() * backOff;
        } else if (!closed) {
            outcome.run();
        }
        attempt.countDown();
    }

    private void take(ForeignPage fresh) {
        ParsedPage parsed = fresh.parsed();
        metrics.dropped(BridgeMetrics.FamilyLoss.INVALID, parsed.invalidFamilies());
        metrics.dropped(BridgeMetrics.FamilyLoss.TYPE_CONFLICT, parsed.typeConflicts());
        metrics.dropped(BridgeMetrics.SeriesLoss.DUPLICATE, parsed.duplicates());
        if (page.isEmpty() || page.get().parsed().complaints().isEmpty())
            for (Complaint complaint : parsed.complaints().stream().limit(3).toList())
                LOG.warn("metrics source '{}': {}", spec.name(), complaint);
        page = Optional.of(fresh);
        onChange.run();
    }

    private void tooLarge(TooLarge e) {
        if (e.inSeries()) metrics.dropped(BridgeMetrics.SeriesLoss.LIMIT, e.series());
        failed(BridgeMetrics.Failure.TOO_LARGE, e.getMessage() + "; the source is left out");
        drop();
    }

    private void notRead(String reason) {
        failed(BridgeMetrics.Failure.PARSE, "not an exposition: " + reason);
    }

    private void failed(BridgeMetrics.Failure kind, String reason) {
        metrics.failed(kind);
        // Once a kind: one that was down, and is over its limit when it is up, says both.
        if (logged.add(kind)) LOG.warn("metrics source '{}': {}", spec.name(), reason);
        lastError = Optional.of(reason);
    }

    private void recovered() {
        if (lastError.isPresent()) LOG.info("metrics source '{}' answers again", spec.name());
        lastError = Optional.empty();
        logged.clear();
    }

    private void drop() {
        if (page.isEmpty()) return;
        page = Optional.empty();
        onChange.run();
    }

    /** Drops a page that is older than allowed. */
    synchronized void expire(long nowNanos) {
        if (page.isPresent() && nowNanos - goodNanos > spec.maxAge().toNanos()) drop();
    }

    synchronized Optional<ForeignPage> page() {
        return page;
    }

    synchronized Optional<Duration> age(long nowNanos) {
        return page.isEmpty() ? Optional.empty() : Optional.of(Duration.ofNanos(nowNanos - goodNanos));
    }

    synchronized SourceHealth health(long nowNanos) {
        return new SourceHealth(
                spec.name(),
                age(nowNanos),
                page.map(p -> p.parsed().series()).orElse(0),
                lastError,
                page.map(p -> p.parsed().complaints().size()).orElse(0));
    }

    synchronized void close() {
        closed = true;
        page = Optional.empty();
        Refresh running = refresh;
        if (running != null) running.thread.interrupt();
        attempt.countDown();
    }
}
