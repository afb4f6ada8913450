package dev.nacelle.routing;

/**
 * The blocks of prompts that are under way on one rank, by chained hash: one that several requests share is in its cache
 * once, and counts once. Takes time in proportion to the request's own blocks. Under the pool's lock.
 */
final class ActiveBlocks {
    /** A table of fewer entries is kept when it is empty. */
    private static final int KEPT_ENTRIES = 1024;

    /** Chained hash → how many requests use it. */
    private LongSlab uses = new LongSlab();

    /** A request uses those blocks. @return how many of them nobody used */
    int use(long[] chain) {
        int before = uses.size();
        for (long hash : chain) {
            int entry = uses.find(hash);
            if (entry == LongSlab.NONE) uses.add(hash, 1);
            else uses.value(entry, uses.value(entry) + 1);
        }
        return uses.size() - before;
    }

    /** A request that used those blocks has ended. @return how many of them nobody uses now */
    int release(long[] chain) {
        int before = uses.size();
        for (long hash : chain) {
            int entry = uses.find(hash);
            int left = uses.value(entry) - 1;
            if (left == 0) uses.remove(entry);
            else uses.value(entry, left);
        }
        int gone = before - uses.size();
        // Not compacted before: under load the entries are used again at once.
        if (uses.size() == 0 && uses.end() > KEPT_ENTRIES) uses = new LongSlab();
        return gone;
    }
}
