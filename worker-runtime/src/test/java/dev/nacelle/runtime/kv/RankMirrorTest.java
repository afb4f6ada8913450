package dev.nacelle.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.request.TokenIds;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RankMirrorTest {
    private final RankMirror mirror = new RankMirror(4);

    @Test
    void aBlockComesAfterItsParentAlsoWhenThatWasStoredAgain() {
        stored(OptionalLong.empty(), 1, 2, 3);
        mirror.apply(new KvEvent.Removed(new long[] {1}));
        stored(OptionalLong.empty(), 1);
        assertThat(picture()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void eachBlockHasItsOwnTokensAndItsParent() {
        mirror.apply(new KvEvent.Stored(new long[] {7, 8}, OptionalLong.of(6), TokenIds.of(1, 2, 3, 4), 2));
        var blocks = mirror.picture().blocks();
        assertThat(blocks).extracting(KvEvent.Stored::tokens).containsExactly(TokenIds.of(1, 2), TokenIds.of(3, 4));
        assertThat(blocks).extracting(KvEvent.Stored::parent).containsExactly(OptionalLong.of(6), OptionalLong.of(7));
    }

    @Test
    void theOldestGoWhenThereAreTooMany() {
        stored(OptionalLong.empty(), 1, 2, 3);
        stored(OptionalLong.of(3), 4, 5);
        assertThat(picture()).containsExactly(2L, 3L, 4L, 5L);
    }

    @Test
    void aClearedRankHoldsNothingAndCountsOn() {
        stored(OptionalLong.empty(), 1);
        mirror.apply(new KvEvent.Cleared());
        assertThat(mirror.size()).isZero();
        assertThat(mirror.picture().nextNumber()).isEqualTo(2);
    }

    private Iterable<Long> picture() {
        return mirror.picture().blocks().stream()
                .map(block -> block.hashes()[0])
                .toList();
    }

    private void stored(OptionalLong parent, long... hashes) {
        mirror.apply(new KvEvent.Stored(hashes, parent, TokenIds.of(new int[hashes.length]), 1));
    }
}
