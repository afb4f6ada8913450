package dev.nacelle.runtime.kv;

import dev.nacelle.spi.request.TokenIds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The blocks of one rank's prefix cache, by the engine's hashes, and the number of the next event. Bounded: an engine that
 * never says what it removes pushes its oldest blocks out.
 */
final class RankMirror {
    /** Of 16 tokens each, some 200 MB; engines have a tenth of it. */
    static final int BLOCKS_MAX = 1 << 20;

    private final int mostBlocks;
    private final LinkedHashMap<Long, Block> blocks = new LinkedHashMap<>();
    private long nextNumber;

    /** Tokens of its own, so that one block does not keep those of the event that brought it. */
    @SuppressWarnings("ArrayRecordComponent") // read here only
    private record Block(OptionalLong parent, int[] tokens) {}

    RankMirror(int mostBlocks) {
        this.mostBlocks = mostBlocks;
    }

    /** Takes an event. @return its number */
    synchronized long apply(KvEvent event) {
        switch (event) {
            case KvEvent.Stored stored -> store(stored);
            case KvEvent.Removed(var hashes) -> {
                for (long hash : hashes) blocks.remove(hash);
            }
            case KvEvent.Cleared _ -> blocks.clear();
        }
        return nextNumber++;
    }

    private void store(KvEvent.Stored event) {
        var parent = event.parent();
        var tokens = event.tokens().toArray();
        for (int i = 0; i < event.hashes().length; i++) {
            long hash = event.hashes()[i];
            int from = i * event.blockSize();
            blocks.putLast(hash, new Block(parent, Arrays.copyOfRange(tokens, from, from + event.blockSize())));
            parent = OptionalLong.of(hash);
        }
        while (blocks.size() > mostBlocks) blocks.pollFirstEntry();
    }

    /** This moment's blocks, each after its parent. */
    synchronized RankBlocks picture() {
        var ordered = new ArrayList<KvEvent.Stored>(blocks.size());
        var done = new HashSet<Long>();
        for (var hash : blocks.keySet()) addWithParents(hash, done, ordered);
        return new RankBlocks(nextNumber, ordered);
    }

    /** A block that was stored again comes late in the order, after its children. */
    private void addWithParents(long hash, Set<Long> done, List<KvEvent.Stored> ordered) {
        var path = new ArrayDeque<Long>();
        for (var at = OptionalLong.of(hash); at.isPresent() && done.add(at.getAsLong()); ) {
            var block = blocks.get(at.getAsLong());
            if (block == null) break;
            path.push(at.getAsLong());
            at = block.parent();
        }
        for (long each : path) {
            var block = blocks.get(each);
            if (block != null)
                ordered.add(new KvEvent.Stored(
                        new long[] {each}, block.parent(), TokenIds.of(block.tokens()), block.tokens().length));
        }
    }

    synchronized int size() {
        return blocks.size();
    }
}
