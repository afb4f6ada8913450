package dev.nacelle.runtime.exposition;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The foreign registries whose text goes into the scrape page.
 *
 * <p>They are refreshed off the scrape path, each on a thread of its own and under its own deadline, while somebody
 * scrapes: beyond {@link #IDLE} after the last scrape nobody is asked. The first scrape, and the first after such a
 * pause, waits for at most {@link #FIRST_WAIT} for their answers; any other serves the last good ones.
 */
public final class ForeignSources implements AutoCloseable {
    /** After so long without a scrape the sources are left in peace. */
    static final Duration IDLE = Duration.ofMinutes(2);
    /** The longest a scrape waits for sources that were not asked before. */
    static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    /** A source that was added; closing it takes its series along. Closing twice does nothing more. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    private final BridgeMetrics metrics;
    private final Duration idle;
    private final List<Source> sources = new CopyOnWriteArrayList<>();
    private final AtomicLong version = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private long lastScrapeNanos;
    private long firstScrapeUntilNanos = System.nanoTime();
    private boolean active;
    private boolean closed;

    ForeignSources(BridgeMetrics metrics) {
        this(metrics, IDLE);
    }

    /** @param idle in place of {@link #IDLE} */
    ForeignSources(BridgeMetrics metrics, Duration idle) {
        this.metrics = metrics;
        this.idle = idle;
        thread = Thread.ofPlatform().daemon().name("nacelle-sources").unstarted(this::keepRefreshing);
        thread.start();
    }

    /**
     * Adds a source.
     *
     * @param spec how to read it; its name must not be taken
     * @param text renders the foreign registry
     * @throws IllegalArgumentException when a source of that name is there already
     */
    public Registration add(SourceSpec spec, ForeignText text) {
        return addReader(spec, limits -> {
            String read = Objects.requireNonNull(text.read(), "the callback returned null, expected text");
            // A text in UTF-8 has at least as many bytes as the string has characters.
            if (read.length() > limits.bytes()) throw TooLarge.bytes(read.length(), limits.bytes());
            return read.getBytes(StandardCharsets.UTF_8);
        });
    }

    /**
     * Adds a source from the configuration.
     *
     * @param config what to read, and how
     * @param autoLabels what its samples get when it asks for the process's labels
     * @throws IllegalArgumentException when a source of that name is there already, or the url cannot be one
     */
    public Registration add(MetricsSourceConfig config, Map<String, String> autoLabels) {
        SourceSpec spec = config.spec(autoLabels);
        if (config.file().isPresent())
            return addReader(spec, new FileReader(config.file().get()));
        UrlReader reader = new UrlReader(
                URI.create(config.url().orElseThrow()), config.headers(), config.bearerTokenFile(), config.timeout());
        try {
            Registration registration = addReader(spec, reader);
            return () -> {
                registration.close();
                reader.close();
            };
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private Registration addReader(SourceSpec spec, Source.Reader reader) {
        Source source;
        lock.lock();
        try {
            if (closed) throw new IllegalStateException("the scrape page is closed");
            if (sources.stream().anyMatch(s -> s.spec().name().equals(spec.name())))
                throw new IllegalArgumentException(
                        "there is a metrics source '%s' already: give this one another name".formatted(spec.name()));
            source = new Source(spec, reader, metrics.add(spec.name()), version::incrementAndGet, System.nanoTime());
            sources.add(source);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return () -> remove(source);
    }

    private void remove(Source source) {
        lock.lock();
        try {
            if (!sources.remove(source)) return;
            source.close();
            metrics.remove(source.spec().name());
            version.incrementAndGet();
        } finally {
            lock.unlock();
        }
    }

    /** How each source is doing, in the order in which they came. Any thread. */
    public List<SourceHealth> health() {
        long now = System.nanoTime();
        return sources.stream().map(source -> source.health(now)).toList();
    }

    /** Called by a scrape before it reads {@link #pages}. */
    void scraped() {
        long now = System.nanoTime();
        long until;
        lock.lock();
        try {
            boolean first = !active;
            if (first) firstScrapeUntilNanos = now + FIRST_WAIT.toNanos();
            until = firstScrapeUntilNanos;
            active = true;
            lastScrapeNanos = now;
            if (first) {
                for (Source source : sources) source.wake(now);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        // Those that come while the first one waits, wait with it; once all have answered, nobody does.
        if (until - now > 0) awaitFirst(until);
        for (Source source : sources) source.expire(System.nanoTime());
    }

    private void awaitFirst(long deadlineNanos) {
        try {
            for (Source source : sources)
                source.attempt().await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Changes whenever {@link #pages} does. */
    long version() {
        return version.get();
    }

    /** The last good pages, in the order in which their sources came. */
    List<ForeignPage> pages() {
        List<ForeignPage> pages = new ArrayList<>();
        for (Source source : sources) source.page().ifPresent(pages::add);
        return pages;
    }

    void ages(BridgeMetrics.Ages ages) {
        long now = System.nanoTime();
        for (Source source : sources)
            source.age(now).ifPresent(age -> ages.age(source.spec().name(), age.toNanos() / 1e9));
    }

    private void keepRefreshing() {
        lock.lock();
        try {
            while (!closed) {
                long now = System.nanoTime();
                if (active && now - lastScrapeNanos > idle.toNanos()) active = false;
                long next = now + idle.toNanos();
                if (active) for (Source source : sources) next = earlier(next, source.tick(now));
                long wait = next - System.nanoTime();
                if (wait > 0) changed.awaitNanos(wait);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private static long earlier(long one, long other) {
        return other == Long.MAX_VALUE || other - one > 0 ? one : other;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            for (Source source : sources) remove(source);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
