package dev.nacelle.runtime.exposition;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a page in one dialect consists of, family by family in the order of their names: the process's own, and the
 * foreign blocks that join or follow them. Stays good as long as the process has the same families and no source has a
 * new page.
 */
final class PagePlan {
    /**
     * Blocks under one HELP and TYPE.
     *
     * @param key what families are ordered by: the name without suffix
     * @param own the places of the process's own families of that name and type; empty when there is none
     * @param blocks foreign blocks to write after it, all of the same name and type
     * @param joining foreign families that join the process's own, so that what they share with it must be left out
     */
    record Entry(String key, List<Integer> own, List<Block> blocks, List<Merge.Accepted> joining) {}

    private final Dialect dialect;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Entry> byName = new HashMap<>();
    /** Names that nobody else may bear any more. */
    private final Set<String> claimed = new HashSet<>();

    /**
     * What a name in the page stands for.
     *
     * @param type the word in its TYPE line
     * @param family the family's own name without suffix: escaping may make one of two
     */
    private record Head(String type, String family) {}

    private final Map<String, Head> heads = new HashMap<>();

    private PagePlan(Dialect dialect) {
        this.dialect = dialect;
    }

    static PagePlan of(Dialect dialect, List<OwnFamily> own, List<Merge.Accepted> accepted) {
        PagePlan plan = new PagePlan(dialect);
        for (int i = 0; i < own.size(); i++) plan.addOwn(own.get(i), i);
        for (Merge.Accepted family : accepted) plan.add(family);
        // Stable: own families of one name stay in the order that the registry gave them.
        plan.entries.sort(Comparator.comparing(Entry::key));
        return plan;
    }

    List<Entry> entries() {
        return entries;
    }

    private void addOwn(OwnFamily family, int index) {
        String name = family.nameIn(dialect);
        String type = family.type().word(dialect.format());
        Entry there = byName.get(name);
        if (there != null) {
            // Two collectors with one name: one head for both; under two types the second cannot be said.
            if (new Head(type, family.name()).equals(heads.get(name))) there.own.add(index);
            return;
        }
        Entry entry = new Entry(family.name(), new ArrayList<>(List.of(index)), new ArrayList<>(), new ArrayList<>());
        entries.add(entry);
        byName.put(name, entry);
        heads.put(name, new Head(type, family.name()));
        String base = dialect.name(family.name());
        List<String> samples = family.sampleNames().stream()
                .map(sample -> base + sample.substring(family.name().length()))
                .toList();
        claimed.addAll(claims(name, type, samples));
    }

    /** The names that a family takes: in OpenMetrics all that its type could need. */
    private Set<String> claims(String name, String type, List<String> samples) {
        Set<String> claims = new HashSet<>(samples);
        claims.add(name);
        if (dialect.format() == Dialect.Format.OPENMETRICS)
            for (String suffix : suffixes(type)) claims.add(name + suffix);
        return claims;
    }

    private static List<String> suffixes(String type) {
        return switch (type) {
            case "counter" -> List.of("_total", "_created");
            case "summary" -> List.of("_count", "_sum", "_created");
            case "histogram" -> List.of("_count", "_sum", "_bucket", "_created");
            case "gaugehistogram" -> List.of("_gcount", "_gsum", "_bucket");
            case "info" -> List.of("_info");
            default -> List.of();
        };
    }

    private void add(Merge.Accepted family) {
        List<Block> blocks = render(family, false).blocks();
        if (family.own() >= 0) {
            Entry entry = byName.get(name(family));
            List<Block> others =
                    blocks.stream().filter(block -> !joins(family, block)).toList();
            // Joined to the process's own family, which is under its very name and type; or not sayable beside it.
            if (entry != null && others.size() < blocks.size()) {
                entry.joining.add(family);
                if (place(family, others)) return;
            }
            family.page().metrics().unsayable(dialect.format().label(), 1);
            return;
        }
        if (!place(family, blocks)
                && !(dialect.format() == Dialect.Format.OPENMETRICS
                        && place(family, render(family, true).blocks())))
            family.page().metrics().unsayable(dialect.format().label(), 1);
    }

    private boolean joins(Merge.Accepted family, Block block) {
        return block.name().equals(name(family))
                && block.type().equals(family.family().type().word(dialect.format()));
    }

    private String name(Merge.Accepted family) {
        String base = family.family().name();
        return dialect.name(base)
                + switch (dialect.format()) {
                    case TEXT -> family.family().textName().substring(base.length());
                    case OPENMETRICS -> "";
                };
    }

    private BlockRenderer.Rendered render(Merge.Accepted family, boolean untyped) {
        return family.page().render(family.index(), dialect, family.excluded(), untyped);
    }

    /** Puts all blocks of a family into the page, or none when one of them collides with what is there. */
    private boolean place(Merge.Accepted family, List<Block> blocks) {
        for (Block block : blocks) {
            Head there = heads.get(block.name());
            if (there != null) {
                if (!there.equals(headOf(block, family))) return false;
            } else {
                for (String name : claims(block.name(), block.type(), block.sampleNames()))
                    if (claimed.contains(name)) return false;
            }
        }
        for (Block block : blocks) {
            heads.putIfAbsent(block.name(), headOf(block, family));
            claimed.addAll(claims(block.name(), block.type(), block.sampleNames()));
            byName.computeIfAbsent(block.name(), _ -> {
                        Entry entry = new Entry(
                                blocks.size() == 1 ? family.family().name() : block.name(),
                                List.of(),
                                new ArrayList<>(),
                                new ArrayList<>());
                        entries.add(entry);
                        return entry;
                    })
                    .blocks
                    .add(block);
        }
        return true;
    }

    private static Head headOf(Block block, Merge.Accepted family) {
        return new Head(block.type(), family.family().name());
    }

    /** The blocks of a family that joins one of the process's own, without the metrics that this one has. */
    List<Block> joining(Merge.Accepted family, LongIndex own) {
        BitSet excluded = family.excludedBeside(own);
        return family.page().render(family.index(), dialect, excluded, false).blocks();
    }
}
