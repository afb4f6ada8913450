package dev.nacelle.runtime.exposition;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which foreign families go into the page, whatever the format: the process's own come first, then the sources
 * in the order in which they came. A family that is there already under another type is left out, and so is a metric
 * whose label set is there already.
 */
final class Merge {
    private static final Logger LOG = LoggerFactory.getLogger(Merge.class);
    /** Conflicts that are logged; more than these, of names that never come to an end, are only counted. */
    private static final int MOST_LOGGED = 1000;

    /**
     * A family that goes into the page.
     *
     * @param page where it comes from
     * @param index its place in that page
     * @param excluded its metrics that another source has brought already
     * @param own the place of the process's own family that it joins; -1 when there is none
     */
    record Accepted(ForeignPage page, int index, BitSet excluded, int own) {
        ParsedFamily family() {
            return page.parsed().families().get(index);
        }

        /** Its metrics that another source or the process itself has brought; the latter are counted. */
        BitSet excludedBeside(LongIndex ownKeys) {
            BitSet own = new BitSet();
            long[] keys = page.keys(index);
            for (int metric = 0; metric < keys.length; metric++)
                if (!excluded.get(metric) && ownKeys.find(keys[metric]) >= 0) own.set(metric);
            page.countDuplicates(index, own);
            own.or(excluded);
            return own;
        }
    }

    private record Owner(String source, FamilyType type, String name, int own) {}

    private static final String PROCESS = "this process";

    private final Map<String, Owner> families = new HashMap<>();
    private final Map<String, Owner> samples = new HashMap<>();
    private final Map<String, LongIndex> seen = new HashMap<>();
    private final Map<String, Accepted> first = new HashMap<>();
    private final List<Accepted> accepted = new ArrayList<>();
    private final Set<String> logged;

    private Merge(List<OwnFamily> own, Set<String> logged) {
        this.logged = logged;
        for (int i = 0; i < own.size(); i++) {
            OwnFamily family = own.get(i);
            String name = family.nameIn(Dialect.Format.TEXT);
            Owner owner = new Owner(PROCESS, family.type(), name, i);
            families.putIfAbsent(name, owner);
            for (String sample : family.sampleNames()) samples.putIfAbsent(sample, owner);
        }
    }

    /**
     * Merges.
     *
     * @param own the process's families
     * @param pages the sources' pages
     * @param fresh those of them whose losses are not counted yet
     * @param logged conflicts that were logged before; new ones are added
     */
    static List<Accepted> of(List<OwnFamily> own, List<ForeignPage> pages, Set<ForeignPage> fresh, Set<String> logged) {
        Merge merge = new Merge(own, logged);
        for (ForeignPage page : pages) merge.add(page, fresh.contains(page));
        return merge.accepted;
    }

    private void add(ForeignPage page, boolean isFresh) {
        List<ParsedFamily> parsed = page.parsed().families();
        for (int i = 0; i < parsed.size(); i++) {
            ParsedFamily family = parsed.get(i);
            Owner other = conflict(family);
            if (other != null) {
                if (isFresh) page.metrics().dropped(BridgeMetrics.FamilyLoss.TYPE_CONFLICT, 1);
                String name = family.textName();
                if (logged.size() < MOST_LOGGED && logged.add(page.source() + '\n' + name))
                    LOG.warn(
                            "metrics source '{}': family '{}' ({}) is left out, as '{}' ({}) of {} is there already",
                            page.source(),
                            name,
                            family.type(),
                            other.name,
                            other.type,
                            other.source.equals(PROCESS) ? PROCESS : "source '" + other.source + "'");
                continue;
            }
            accept(page, i, isFresh);
        }
    }

    private @Nullable Owner conflict(ParsedFamily family) {
        String name = family.textName();
        Owner there = families.get(name);
        if (there != null && there.type != family.type()) return there;
        for (String sample : family.sampleNames()) {
            Owner owner = samples.get(sample);
            if (owner != null && !owner.equals(there)) return owner;
        }
        // A family may bear the name of another one's samples.
        Owner owner = samples.get(name);
        return owner != null && !owner.equals(there) ? owner : null;
    }

    private void accept(ForeignPage page, int index, boolean isFresh) {
        ParsedFamily family = page.parsed().families().get(index);
        String name = family.textName();
        Owner there = families.computeIfAbsent(name, _ -> new Owner(page.source(), family.type(), name, -1));
        for (String sample : family.sampleNames()) samples.putIfAbsent(sample, there);
        BitSet excluded = new BitSet();
        Accepted before = first.get(name);
        // Labels that are added may make one of two series of the source itself.
        if (before != null || !page.labels().isEmpty()) {
            LongIndex keys = seen.computeIfAbsent(name, _ -> {
                LongIndex of = new LongIndex();
                if (before != null) for (long key : before.page.keys(before.index)) of.add(key);
                return of;
            });
            long[] own = page.keys(index);
            for (int metric = 0; metric < own.length; metric++) {
                int size = keys.size();
                if (keys.add(own[metric]) < size) excluded.set(metric);
            }
            if (isFresh) page.metrics().dropped(BridgeMetrics.SeriesLoss.DUPLICATE, samples(family, excluded));
        }
        Accepted result = new Accepted(page, index, excluded, there.own);
        first.putIfAbsent(name, result);
        accepted.add(result);
    }

    /** How many samples the excluded metrics have. */
    static int samples(ParsedFamily family, BitSet excluded) {
        if (excluded.isEmpty()) return 0;
        int count = 0;
        for (int i = 0; i < family.size(); i++) if (excluded.get(family.metric(i))) count++;
        return count;
    }
}
