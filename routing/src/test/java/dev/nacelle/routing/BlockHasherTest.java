package dev.nacelle.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class BlockHasherTest {
    private final BlockHasher hasher = new BlockHasher(2, 42);

    @Test
    void aBlocksHashIsXxh3OverItsTokensInLittleEndian() {
        var bytes = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x01020304)
                .putInt(-1);
        assertThat(hasher.blocks(new int[] {7, 7, 0x01020304, -1, 9}))
                .hasSize(2)
                .endsWith(Hashing.xxh3_64(42).hashBytesToLong(bytes.array()));
    }

    @Test
    void aChainedHashStandsForEverythingBefore() {
        var one = hasher.chain(new int[] {1, 2, 3, 4});
        var other = hasher.chain(new int[] {9, 2, 3, 4});
        assertThat(one[0]).isEqualTo(hasher.blocks(new int[] {1, 2})[0]);
        assertThat(one[1]).isNotEqualTo(other[1]);
        var both = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        both.putLong(one[0]).putLong(hasher.blocks(new int[] {3, 4})[0]);
        assertThat(one[1]).isEqualTo(Hashing.xxh3_64(42).hashBytesToLong(both.array()));
    }

    /** Of the reference implementation, so that routers of others agree. */
    @Test
    void theReferencesValuesComeOut() {
        var sixteen = new int[16];
        for (int i = 0; i < 16; i++) sixteen[i] = i;
        assertThat(new BlockHasher(16, 1337).blocks(sixteen))
                .containsExactly(Long.parseUnsignedLong("15310707395893867146"));
    }

    @Test
    void aSequenceShorterThanABlockHasNone() {
        assertThat(hasher.chain(new int[] {1})).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new BlockHasher(0, 1));
    }
}
