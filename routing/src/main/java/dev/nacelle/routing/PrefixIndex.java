package dev.nacelle.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which blocks: for each rank its blocks by the engine's own hashes, and for each block, by its chained hash, the
 * ranks that hold it. A rank holds a block as long as one of its engine's hashes stands for it. Safe from any thread; each
 * call holds the lock for microseconds.
 *
 * <p>Bounded: beyond its limit it forgets blocks that were neither stored nor asked for since it last looked (a second
 * chance, rank by rank), and knows less than there is; never more.
 */
public final class PrefixIndex {
    /** What a block of one rank takes at most, whoever else holds it: tables that have just grown. */
    static final int BYTES_A_BLOCK = 64;

    /** Blocks stored under one holding of the lock. */
    private static final int BLOCKS_AT_ONCE = 64;

    private static final int FORGOTTEN_AT_ONCE = 64;
    private static final int LOOKS_MAX = 4096;
    private static final byte ASKED_FOR = 3;

    private final BlockHasher hasher;
    private final long heldMax;
    /** Chained hash → the ranks that hold it. */
    private final LongSlab nodes = new LongSlab();

    /** How often the sweep passes a node over: once when it is new, more often when it was asked for. */
    private byte[] touched = new byte[8];

    private final OwnerSets owners = new OwnerSets();
    /** Engine's hash → node; null for numbers of ranks that left. */
    private final List<@Nullable LongSlab> ranks = new ArrayList<>();

    /** How many more of a rank's engine hashes stand for a node than the first; mostly nothing. */
    private final Map<Long, Integer> doubles = new HashMap<>();

    private long held;
    private long orphans;
    private long forgotten;
    private int handRank;
    private int handEntry;
    private long[] alive = new long[1];
    private long[] holding = new long[1];

    /**
     * An empty index.
     *
     * @param bytesMax what its tables may take
     */
    public PrefixIndex(BlockHasher hasher, long bytesMax) {
        this.hasher = hasher;
        heldMax = Math.max(1, bytesMax / BYTES_A_BLOCK);
    }

    /** Its size and what it could not keep. */
    public record Stats(int nodes, long held, long bytes, long orphans, long forgotten) {}

    /** A rank that holds nothing yet: the lowest number that is free. */
    public synchronized int join() {
        int rank = ranks.indexOf(null);
        if (rank >= 0) ranks.set(rank, new LongSlab());
        else {
            rank = ranks.size();
            ranks.add(new LongSlab());
            if (OwnerSets.words(ranks.size()) > alive.length) {
                alive = new long[alive.length * 2];
                holding = new long[alive.length];
            }
        }
        return rank;
    }

    /** Forgets a rank and what it held; its number may be given to another. */
    public synchronized void leave(int rank) {
        cleared(rank);
        ranks.set(rank, null);
    }

    /**
     * A rank stored blocks.
     *
     * @param engineHashes one per block
     * @param hasParent whether a block comes before them
     * @param parent its engine's hash
     * @param tokens {@code engineHashes.length} blocks of them
     * @return false when that parent is not known: then nobody can find these blocks
     */
    public boolean stored(int rank, long[] engineHashes, boolean hasParent, long parent, int[] tokens) {
        var blocks = hasher.blocks(tokens);
        if (blocks.length != engineHashes.length)
            throw new IllegalArgumentException("%d blocks of tokens for %d hashes, expected as many"
                    .formatted(blocks.length, engineHashes.length));
        long before = parent;
        boolean hasBefore = hasParent;
        for (int from = 0; from < blocks.length; from += BLOCKS_AT_ONCE) {
            int to = Math.min(blocks.length, from + BLOCKS_AT_ONCE);
            synchronized (this) {
                if (!storedSome(rank, engineHashes, from, to, hasBefore, before, blocks)) return false;
            }
            before = engineHashes[to - 1];
            hasBefore = true;
        }
        return true;
    }

    private boolean storedSome(
            int rank, long[] engineHashes, int from, int to, boolean hasParent, long parent, long[] blocks) {
        var table = table(rank);
        long chained = 0;
        if (hasParent) {
            int entry = table.find(parent);
            if (entry == LongSlab.NONE) {
                orphans += engineHashes.length - from;
                for (int i = from; i < engineHashes.length; i++) forget(rank, table, engineHashes[i]);
                return false;
            }
            int node = table.value(entry);
            touched[node] = ASKED_FOR;
            chained = nodes.key(node);
        }
        for (int i = from; i < to; i++) {
            chained = i == 0 && !hasParent ? blocks[0] : hasher.link(chained, blocks[i]);
            put(rank, table, engineHashes[i], chained);
        }
        return true;
    }

    /** A rank holds the first {@code count} blocks of a chain, each under its chained hash. */
    public synchronized void storedChain(int rank, long[] chain, int count) {
        var table = table(rank);
        for (int i = 0; i < count; i++) put(rank, table, chain[i], chain[i]);
    }

    private void put(int rank, LongSlab table, long engineHash, long chained) {
        int entry = table.find(engineHash);
        if (entry != LongSlab.NONE) {
            int node = table.value(entry);
            if (nodes.key(node) == chained) {
                touched[node] = ASKED_FOR;
                return;
            }
            drop(rank, table, entry); // the engine uses its hash for something else now
        }
        if (held >= heldMax) forgetSome();
        int node = nodes.find(chained);
        if (node == LongSlab.NONE) {
            node = nodes.add(chained, OwnerSets.EMPTY);
            if (node >= touched.length) touched = Arrays.copyOf(touched, node + Math.max(8, node / 4));
            touched[node] = 0;
        }
        touched[node] = (byte) Math.max(touched[node], 1);
        int set = nodes.value(node);
        if (owners.contains(set, rank)) doubles.merge(doubled(rank, node), 1, Integer::sum);
        else nodes.value(node, owners.add(set, rank, ranks.size()));
        table.add(engineHash, node);
        held++;
    }

    /** A rank evicted blocks; those that it is not known to hold are passed over. */
    public synchronized void removed(int rank, long... engineHashes) {
        var table = table(rank);
        for (long hash : engineHashes) forget(rank, table, hash);
        table.compact();
    }

    private void forget(int rank, LongSlab table, long engineHash) {
        int entry = table.find(engineHash);
        if (entry != LongSlab.NONE) drop(rank, table, entry);
    }

    /** A rank holds nothing any more. */
    public synchronized void cleared(int rank) {
        var table = table(rank);
        for (int i = 0; i < table.end(); i++) if (table.isUsed(i)) drop(rank, table, i);
        ranks.set(rank, new LongSlab());
    }

    private void drop(int rank, LongSlab table, int entry) {
        int node = table.value(entry);
        table.remove(entry);
        held--;
        if (!doubles.isEmpty()) {
            var more = doubles.computeIfPresent(doubled(rank, node), (_, count) -> count - 1);
            if (more != null) {
                if (more == 0) doubles.remove(doubled(rank, node));
                return;
            }
        }
        int set = owners.remove(nodes.value(node), rank);
        nodes.value(node, set);
        if (set == OwnerSets.EMPTY) nodes.remove(node);
    }

    /** Makes room for a few; looks at a bounded number, and then takes the next best, so that nobody waits for long. */
    private void forgetSome() {
        int looks = 0;
        for (int gone = 0; gone < FORGOTTEN_AT_ONCE && held > 0; ) {
            handRank %= ranks.size();
            var table = ranks.get(handRank);
            if (table == null || handEntry >= table.end()) {
                if (table != null) table.compact();
                handRank++;
                handEntry = 0;
                continue;
            }
            int entry = handEntry++;
            if (!table.isUsed(entry)) continue;
            int node = table.value(entry);
            if (touched[node] > 0 && ++looks < LOOKS_MAX) touched[node]--;
            else {
                drop(handRank, table, entry);
                forgotten++;
                gone++;
            }
        }
    }

    /**
     * How far each rank's blocks reach into a sequence without a gap.
     *
     * @param chain the sequence's chained hashes
     * @param depths filled in: blocks held by each rank
     * @return the largest of them
     */
    public synchronized int match(long[] chain, int[] depths) {
        Arrays.fill(depths, 0);
        int depth = 0;
        for (; depth < chain.length; depth++) {
            int node = nodes.find(chain[depth]);
            if (node == LongSlab.NONE) break;
            touched[node] = ASKED_FOR;
            owners.copyTo(nodes.value(node), holding);
            if (depth == 0) System.arraycopy(holding, 0, alive, 0, alive.length);
            else if (!keepAlive(depth, depths)) return depth;
        }
        if (depth > 0) end(alive, depth, depths);
        return depth;
    }

    /** Ends those who do not hold the block at that depth. @return whether anybody does */
    private boolean keepAlive(int depth, int[] depths) {
        long any = 0;
        for (int i = 0; i < alive.length; i++) {
            long ended = alive[i] & ~holding[i];
            for (; ended != 0; ended &= ended - 1) depths[(i << 6) + Long.numberOfTrailingZeros(ended)] = depth;
            any |= alive[i] &= holding[i];
        }
        return any != 0;
    }

    private static void end(long[] ranks, int depth, int[] depths) {
        for (int i = 0; i < ranks.length; i++)
            for (long left = ranks[i]; left != 0; left &= left - 1)
                depths[(i << 6) + Long.numberOfTrailingZeros(left)] = depth;
    }

    /** One more than the highest rank number given out. */
    public synchronized int ranks() {
        return ranks.size();
    }

    /** Blocks that one rank is known to hold. */
    public synchronized int heldBy(int rank) {
        return table(rank).size();
    }

    public synchronized Stats stats() {
        long bytes = nodes.bytes() + touched.length + owners.bytes() + 64L * doubles.size();
        for (var table : ranks) if (table != null) bytes += table.bytes();
        return new Stats(nodes.size(), held, bytes, orphans, forgotten);
    }

    private LongSlab table(int rank) {
        var table = ranks.get(rank);
        if (table == null) throw new IllegalArgumentException("rank %d has left".formatted(rank));
        return table;
    }

    private static long doubled(int rank, int node) {
        return (long) rank << 32 | node;
    }
}
