package dev.nacelle.runtime.kv;

import dev.nacelle.spi.request.TokenIds;
import java.util.OptionalLong;

/** What happened in a rank's prefix cache. Hashes are the engine's own; the arrays are nobody's to change. */
@SuppressWarnings("ArrayRecordComponent") // thousands a second, which nobody compares
public sealed interface KvEvent {
    /**
     * Blocks were stored, one after the other.
     *
     * @param parent the block before the first one; empty at the beginning of a sequence
     * @param tokens {@code hashes.length * blockSize} of them
     */
    record Stored(long[] hashes, OptionalLong parent, TokenIds tokens, int blockSize) implements KvEvent {}

    /** Blocks are gone. */
    record Removed(long[] hashes) implements KvEvent {}

    /** All of them are. */
    record Cleared() implements KvEvent {}
}
