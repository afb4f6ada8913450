package dev.nacelle.runtime.metrics;

import dev.nacelle.runtime.exposition.DirectFamilies;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The families of one registry: one family by name, however many owners contribute series to it.
 *
 * <p>Families and series are made and end under one lock; instruments are updated and scraped without it. A scrape
 * never throws: what cannot be read is left out and logged once.
 */
public final class Families implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Families.class);

    private final PrometheusRegistry registry;
    private final DirectFamilies page = new Page();
    private final ConcurrentHashMap<String, Family> families = new ConcurrentHashMap<>();
    /** Each name that a sample or a family shows in any format, and whose it is. */
    private final Map<String, Family> claims = new HashMap<>();

    private final Set<String> declared = new HashSet<>();
    private final Set<String> complained = ConcurrentHashMap.newKeySet();

    private Families(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /** A table whose families that registry shows until {@link #close}. */
    public static Families in(PrometheusRegistry registry) {
        var families = new Families(registry);
        registry.register(families.page);
        return families;
    }

    /**
     * Makes families that stay, with series or without, so that nobody else can give their names another meaning: all of
     * them or, when it throws, none.
     *
     * @throws IllegalArgumentException when one exists with another type, labels or buckets
     */
    public synchronized void declare(FamilySpec... specs) {
        List<Family> known = new ArrayList<>();
        try {
            for (var spec : specs) known.add(family(spec));
        } catch (IllegalArgumentException e) {
            known.forEach(this::dropIfDone);
            throw e;
        }
        for (var spec : specs) declared.add(spec.name());
    }

    /** An owner of series. */
    public SeriesScope scope() {
        return new SeriesScope(this);
    }

    /** The names of the counters that lack {@code _total}: counters in text 0.0.4, unknown in the other formats. */
    public Set<String> exactCounters() {
        return families.values().stream()
                .map(Family::spec)
                .filter(spec -> spec.type() == FamilySpec.Type.EXACT_COUNTER)
                .map(FamilySpec::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Takes all families off the registry; idempotent. */
    @Override
    public void close() {
        registry.unregister(page);
    }

    synchronized Instrument hold(FamilySpec spec, Labels labels, Supplier<Instrument> maker) {
        var family = family(spec);
        try {
            return family.hold(labels, maker);
        } finally {
            dropIfDone(family);
        }
    }

    synchronized void release(String name, Labels labels) {
        var family = families.get(name);
        if (family == null) return;
        family.release(labels);
        dropIfDone(family);
    }

    private Family family(FamilySpec spec) {
        var known = families.get(spec.name());
        if (known != null) {
            if (!known.spec().agreesWith(spec))
                throw new IllegalArgumentException(
                        "metric %s exists as a %s, and cannot be a %s too: choose another name"
                                .formatted(spec.name(), known.spec().described(), spec.described()));
            return known;
        }
        for (var name : spec.claims()) {
            var owner = claims.get(name);
            if (owner != null)
                throw new IllegalArgumentException(
                        "metric %s, a %s, would show the name %s, which is that of %s, a %s: choose another name"
                                .formatted(
                                        spec.name(),
                                        spec.described(),
                                        name,
                                        owner.spec().name(),
                                        owner.spec().described()));
        }
        var family = new Family(spec);
        spec.claims().forEach(name -> claims.put(name, family));
        families.put(spec.name(), family);
        return family;
    }

    /** A family that nobody declared is free again, for another type too, once its last series is gone. */
    private void dropIfDone(Family family) {
        var spec = family.spec();
        if (!family.isEmpty() || declared.contains(spec.name())) return;
        families.remove(spec.name());
        spec.claims().forEach(claims::remove);
    }

    /** What a scrape reads: values directly where it can, else snapshots. */
    private final class Page implements DirectFamilies {
        @Override
        public void show(FamilyVisitor visitor) {
            for (var family : families.values()) guarded(family, () -> family.show(visitor));
        }

        @Override
        public MetricSnapshots collect() {
            List<MetricSnapshot> snapshots = new ArrayList<>(families.size());
            for (var family : families.values())
                guarded(family, () -> family.collect().ifPresent(snapshots::add));
            return new MetricSnapshots(snapshots);
        }
    }

    private void guarded(Family family, Runnable read) {
        try {
            read.run();
        } catch (RuntimeException e) {
            // In this library one collector that throws takes the whole page with it.
            if (complained.add(family.spec().name()))
                LOG.error(
                        "metric {} could not be collected, it is left out",
                        family.spec().name(),
                        e);
        }
    }
}
