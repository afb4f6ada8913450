package dev.nacelle.runtime.kv;

import java.util.List;

/**
 * What a rank's cache holds at one moment.
 *
 * @param nextNumber the number of the first event that is not in it
 * @param blocks one event a block, each after its parent
 */
public record RankBlocks(long nextNumber, List<KvEvent.Stored> blocks) {
    public RankBlocks {
        blocks = List.copyOf(blocks);
    }
}
