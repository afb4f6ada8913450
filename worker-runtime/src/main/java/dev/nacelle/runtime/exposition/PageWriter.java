package dev.nacelle.runtime.exposition;

import java.util.List;

/** Writes one page of text. */
final class PageWriter {
    private final PageBuffer to;
    private final Dialect dialect;
    private final NameFilter filter;
    private final SnapshotWriter snapshots;

    PageWriter(PageBuffer to, Dialect dialect, NameFilter filter) {
        this.to = to;
        this.dialect = dialect;
        this.filter = filter;
        this.snapshots = new SnapshotWriter(to, dialect);
    }

    void write(PagePlan plan, List<OwnPage.Part> own) {
        for (PagePlan.Entry entry : plan.entries()) {
            if (entry.own().isEmpty()) writeForeign(entry);
            else writeOwn(entry, plan, own);
        }
        if (dialect.format() == Dialect.Format.OPENMETRICS) to.put("# EOF\n");
    }

    private void writeOwn(PagePlan.Entry entry, PagePlan plan, List<OwnPage.Part> own) {
        OwnPage.Part first = own.get(entry.own().getFirst());
        if (!filter.takes(first.family())) return;
        snapshots.head(first.metadata(), first.family());
        for (int index : entry.own()) {
            switch (own.get(index)) {
                case OwnPage.Part.Direct direct -> direct.lines().write(to);
                case OwnPage.Part.Snapshot snapshot ->
                    snapshots.samples(snapshot.snapshot(), snapshot.family().type() == FamilyType.EXACT_COUNTER);
            }
        }
        if (entry.joining().isEmpty()) return;
        LongIndex keys = first.keys();
        for (Merge.Accepted joining : entry.joining())
            for (Block block : plan.joining(joining, keys)) {
                block.writeComments(to);
                block.writeSamples(to);
            }
    }

    private void writeForeign(PagePlan.Entry entry) {
        boolean headed = false;
        for (Block block : entry.blocks()) {
            if (!filter.takes(block)) continue;
            if (headed) block.writeComments(to);
            else block.writeHead(to, dialect.format());
            headed = true;
            block.writeSamples(to);
        }
    }
}
