package dev.nacelle.runtime.exposition;

import java.util.Set;

/**
 * Which families a scrape asks for with {@code name[]}: those that bear one of these names, or whose samples do.
 *
 * @param names empty for all
 */
record NameFilter(Set<String> names) {
    static final NameFilter ALL = new NameFilter(Set.of());

    NameFilter {
        names = Set.copyOf(names);
    }

    boolean takes(OwnFamily family) {
        return names.isEmpty()
                || names.contains(family.name())
                || names.contains(family.nameIn(Dialect.Format.TEXT))
                || family.sampleNames().stream().anyMatch(names::contains);
    }

    boolean takes(Block block) {
        return names.isEmpty()
                || names.contains(block.name())
                || block.sampleNames().stream().anyMatch(names::contains);
    }

    boolean takes(ParsedFamily family) {
        return names.isEmpty()
                || names.contains(family.name())
                || names.contains(family.textName())
                || family.sampleNames().stream().anyMatch(names::contains);
    }
}
