package dev.nacelle.runtime.exposition;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The process's scrape page: the families of its registry and of the foreign sources, merged and typed, in text 0.0.4,
 * OpenMetrics 1.0 and protobuf.
 *
 * <p>A scrape reads the registry and the sources' last good pages; it waits for no source (but see
 * {@link ForeignSources}). Any number of scrapes may run at once: pages are put together one after the other and sent
 * side by side.
 */
public final class ScrapePage implements AutoCloseable {
    /** Buffers of sent pages that are kept for the next ones. */
    private static final int MOST_SPARE_BUFFERS = 2;

    private final OwnPage own;
    private final Supplier<Set<String>> exactCounters;
    private final BridgeMetrics bridge;
    private final ForeignSources sources;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<PageBuffer> spare = new ArrayDeque<>();
    private final Set<String> loggedConflicts = new HashSet<>();
    private Set<ForeignPage> counted = Set.of();
    private long mergedVersion = -1;
    private List<OwnFamily> mergedOwn = List.of();
    private List<Merge.Accepted> accepted = List.of();
    private final Map<Dialect, PagePlan> plans = new HashMap<>();

    /**
     * Makes the page of a registry. The bridge's own families are registered there.
     *
     * @param registry the process's own families
     * @param exactCounters names of counters that keep their name although it lacks {@code _total}; asked at each scrape
     */
    public ScrapePage(PrometheusRegistry registry, Supplier<Set<String>> exactCounters) {
        this.own = new OwnPage(registry);
        this.exactCounters = exactCounters;
        // The gauge is read only by a scrape, when the sources are there.
        ForeignSources[] holder = new ForeignSources[1];
        this.bridge = new BridgeMetrics(registry, ages -> {
            if (holder[0] != null) holder[0].ages(ages);
        });
        this.sources = new ForeignSources(bridge);
        holder[0] = sources;
    }

    /** Makes the page of a registry in which every counter ends in {@code _total}. */
    public ScrapePage(PrometheusRegistry registry) {
        this(registry, Set::of);
    }

    /** The foreign registries on this page. */
    public ForeignSources sources() {
        return sources;
    }

    /** A servlet that answers GET and HEAD with the page. Make one for each server that shows it. */
    public HttpServlet servlet() {
        return new ScrapeServlet(this);
    }

    /**
     * Writes the page in the text format that a scraper with such an {@code Accept} header gets; text 0.0.4 where it
     * asks for protobuf.
     *
     * @return the content type of what was written
     */
    public String writeText(String accept, OutputStream out) throws IOException {
        Negotiation asked = Negotiation.of(accept);
        Negotiation text = asked.kind() == Negotiation.Kind.PROTOBUF ? Negotiation.of("") : asked;
        PageBuffer buffer = write(text.dialect(), NameFilter.ALL);
        try {
            buffer.writeTo(out);
        } finally {
            release(buffer);
        }
        return text.contentType();
    }

    /** Writes the page as text; the caller gives the buffer back with {@link #release}. */
    PageBuffer write(Dialect dialect, NameFilter filter) {
        sources.scraped();
        lock.lock();
        try {
            // Lines read directly are kept with names that need no escaping; this scheme changes those, too.
            List<OwnPage.Part> parts =
                    own.read(exactCounters.get(), dialect.escaping() != EscapingScheme.DOTS_ESCAPING);
            PagePlan plan =
                    plan(dialect, parts.stream().map(OwnPage.Part::family).toList());
            PageBuffer to = spare.isEmpty() ? new PageBuffer(1 << 16) : spare.pop();
            to.clear();
            new PageWriter(to, dialect, filter).write(plan, parts);
            return to;
        } finally {
            lock.unlock();
        }
    }

    private PagePlan plan(Dialect dialect, List<OwnFamily> families) {
        long version = sources.version();
        if (version != mergedVersion || !families.equals(mergedOwn)) merge(families, version);
        return plans.computeIfAbsent(dialect, d -> PagePlan.of(d, mergedOwn, accepted));
    }

    private void merge(List<OwnFamily> own, long version) {
        List<ForeignPage> pages = sources.pages();
        Set<ForeignPage> fresh = Collections.newSetFromMap(new IdentityHashMap<>());
        fresh.addAll(pages);
        fresh.removeAll(counted);
        accepted = Merge.of(own, pages, fresh, loggedConflicts);
        counted = Collections.newSetFromMap(new IdentityHashMap<>());
        counted.addAll(pages);
        mergedOwn = own;
        mergedVersion = version;
        plans.clear();
    }

    /** The page as snapshots of the client library, for its protobuf writer. */
    MetricSnapshots snapshots(NameFilter filter) {
        sources.scraped();
        lock.lock();
        try {
            List<MetricSnapshot> snapshots = own.snapshots();
            Set<String> exact = exactCounters.get();
            plan(
                    Dialect.OPENMETRICS,
                    snapshots.stream()
                            .map(snapshot -> OwnFamily.of(snapshot, exact))
                            .toList());
            return MergedSnapshots.of(snapshots, mergedOwn, accepted, filter);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a buffer back after its page was sent. */
    void release(PageBuffer buffer) {
        lock.lock();
        try {
            if (spare.size() < MOST_SPARE_BUFFERS) spare.push(buffer);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        sources.close();
        bridge.close();
    }
}
