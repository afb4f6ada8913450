package dev.nacelle.examples.simulated.core;

import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.request.TokenIds;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;

/** What a rank's events say that it holds. Refuses events that cannot be true. */
final class EventMirror implements KvEventPublisher {
    final Set<Long> blocks = new HashSet<>();
    final StringBuilder log = new StringBuilder();
    private final RankConfig config;
    int removed;

    EventMirror(RankConfig config) {
        this.config = config;
    }

    @Override
    public void stored(long[] blockHashes, OptionalLong parentHash, TokenIds tokens, int blockSize) {
        require(blockSize == config.blockSize(), "blocks of %d tokens".formatted(blockSize));
        require(tokens.size() == blockHashes.length * blockSize, "%d tokens".formatted(tokens.size()));
        require(parentHash.isEmpty() || blocks.contains(parentHash.getAsLong()), "a block behind none");
        long parent = parentHash.orElse(BlockHash.root(config.seed()));
        for (int i = 0; i < blockHashes.length; i++) {
            parent = BlockHash.next(parent, tokens.toArray(), i * blockSize, blockSize);
            require(parent == blockHashes[i], "a hash of other tokens");
            require(blocks.add(parent), "a block stored twice");
        }
        log.append("stored ")
                .append(blockHashes.length)
                .append('@')
                .append(parent)
                .append('\n');
    }

    @Override
    public void removed(long... blockHashes) {
        for (long hash : blockHashes) require(blocks.remove(hash), "a block removed that was not there");
        removed += blockHashes.length;
        log.append("removed ")
                .append(blockHashes.length)
                .append('@')
                .append(blockHashes[0])
                .append('\n');
    }

    @Override
    public void cleared() {
        blocks.clear();
        log.append("cleared\n");
    }

    private static void require(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }
}
