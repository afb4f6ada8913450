package dev.nacelle.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Engines at work: sequences that share beginnings, hashes that come twice, evictions in any order. */
final class RandomEvents {
    /** An event, to be applied to whatever listens. */
    @SuppressWarnings("ArrayRecordComponent")
    sealed interface Event {
        record Stored(int rank, long[] hashes, boolean hasParent, long parent, int[] tokens) implements Event {}

        record Removed(int rank, long[] hashes) implements Event {}

        record Cleared(int rank) implements Event {}
    }

    private final Random random;
    private final int ranks;
    private final int blockSize;
    private final List<List<Long>> known = new ArrayList<>();
    private long nextHash = 1;

    RandomEvents(long seed, int ranks, int blockSize) {
        random = new Random(seed);
        this.ranks = ranks;
        this.blockSize = blockSize;
        for (int i = 0; i < ranks; i++) known.add(new ArrayList<>());
    }

    Event next() {
        int rank = random.nextInt(ranks);
        var hashes = known.get(rank);
        int what = random.nextInt(1000);
        if (what == 0) return new Event.Cleared(rank);
        if (what < 300 && !hashes.isEmpty()) {
            var removed = new long[1 + random.nextInt(3)];
            for (int i = 0; i < removed.length; i++) removed[i] = any(hashes);
            return new Event.Removed(rank, removed);
        }
        return stored(rank, hashes);
    }

    private Event stored(int rank, List<Long> hashes) {
        int count = 1 + random.nextInt(5);
        boolean hasParent = !hashes.isEmpty() && random.nextInt(4) > 0;
        long parent = hasParent ? any(hashes) : 0; // which may be gone by now
        var fresh = new long[count];
        for (int i = 0; i < count; i++) {
            // An engine may use a hash again, or give another to tokens seen before.
            fresh[i] = !hashes.isEmpty() && random.nextInt(10) == 0 ? any(hashes) : nextHash++;
            hashes.add(fresh[i]);
        }
        return new Event.Stored(rank, fresh, hasParent, parent, tokens(count));
    }

    private long any(List<Long> hashes) {
        return hashes.get(random.nextInt(hashes.size()));
    }

    /** So few different blocks that sequences meet. */
    int[] tokens(int blocks) {
        var tokens = new int[blocks * blockSize];
        for (int i = 0; i < blocks; i++) {
            int kind = random.nextInt(3);
            for (int j = 0; j < blockSize; j++) tokens[i * blockSize + j] = kind * 1000 + j;
        }
        return tokens;
    }
}
