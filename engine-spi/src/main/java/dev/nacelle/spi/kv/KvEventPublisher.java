package dev.nacelle.spi.kv;

import dev.nacelle.spi.request.TokenIds;
import java.util.OptionalLong;

/**
 * Tells the host what one rank's prefix cache holds. The host numbers the events; calls are ordered by the engine (one
 * thread at a time) and never block. Block hashes are the engine's own 64-bit values.
 */
public interface KvEventPublisher {
    /**
     * Blocks were stored, in the order of their tokens.
     *
     * @param blockHashes one per block
     * @param parentHash the block before the first one; empty at the beginning of a sequence
     * @param tokens {@code blockHashes.length * blockSize} tokens
     * @param blockSize tokens per block, at least 1
     */
    void stored(long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize);

    /** Blocks were evicted. Hashes that were never stored are ignored. */
    void removed(long... blockHashes);

    /** The rank's whole cache was emptied. */
    void cleared();
}
