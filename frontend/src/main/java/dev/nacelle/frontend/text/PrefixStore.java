package dev.nacelle.frontend.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pieces of prompts and the ids they gave, bounded in bytes: what was not used for longest goes first. A piece is known by
 * the piece before it and its text, so that a conversation that grows shares all it had before, and is compared letter by
 * letter: two prompts never share by mistake. From any thread.
 */
public final class PrefixStore {
    /** What an entry needs besides its characters and ids: objects, and its place in the map. */
    private static final int ENTRY_BYTES = 160;

    /** A piece larger than this share of the store would push out too much for too little. */
    private static final int LARGEST_SHARE = 8;

    private final long bytesMax;
    private final AtomicLong lastNode = new AtomicLong();
    private final Map<Key, Piece> pieces = new LinkedHashMap<>(256, 0.75f, true);
    private long bytes;

    /** @param bytesMax 0 keeps nothing */
    public PrefixStore(long bytesMax) {
        if (bytesMax < 0) throw new IllegalArgumentException("%d bytes, expected 0 or more".formatted(bytesMax));
        this.bytesMax = bytesMax;
    }

    /** A piece that follows {@code parent}. */
    record Key(long parent, String text) {}

    /** The ids of a piece, and what those that follow it name as their parent. */
    static final class Piece {
        private final long node;
        private final int[] ids;

        private Piece(long node, int[] ids) {
            this.node = node;
            this.ids = ids;
        }

        long node() {
            return node;
        }

        int[] ids() {
            return ids;
        }
    }

    /** A parent for pieces that begin a prompt: of its own for each tokenizer. */
    long root() {
        return lastNode.incrementAndGet();
    }

    boolean keepsNothing() {
        return bytesMax == 0;
    }

    synchronized Optional<Piece> find(Key key) {
        return Optional.ofNullable(pieces.get(key));
    }

    /** Keeps a piece; the one that is there already if there is one. */
    synchronized Piece keep(Key key, int[] ids) {
        var known = pieces.get(key);
        if (known != null) return known;
        var piece = new Piece(lastNode.incrementAndGet(), ids);
        long size = size(key, piece);
        if (size > bytesMax / LARGEST_SHARE) return piece;
        pieces.put(key, piece);
        bytes += size;
        for (var eldest = pieces.entrySet().iterator(); bytes > bytesMax; ) {
            var entry = eldest.next();
            bytes -= size(entry.getKey(), entry.getValue());
            eldest.remove();
        }
        return piece;
    }

    /** What it holds, in bytes. */
    synchronized long bytes() {
        return bytes;
    }

    private static long size(Key key, Piece piece) {
        return ENTRY_BYTES + 2L * key.text().length() + 4L * piece.ids().length;
    }
}
