package dev.nacelle.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MsgPackTest {
    /** {@code [1.5, [["BlockStored", [1, 2], null, [5, 6, 7, 8], 2]]]} as msgspec writes it. */
    private static final byte[] BATCH =
            HexFormat.of().parseHex("92cb3ff80000000000009195ab426c6f636b53746f726564920102c0940506070802");

    @Test
    void readsEachKindOfValue() throws Exception {
        assertThat(read("7f")).isEqualTo(127L);
        assertThat(read("e0")).isEqualTo(-32L);
        assertThat(read("ccff")).isEqualTo(255L);
        assertThat(read("cdffff")).isEqualTo(65535L);
        assertThat(read("ceffffffff")).isEqualTo(0xffff_ffffL);
        assertThat(read("cfffffffffffffffff")).isEqualTo(-1L); // by its bits
        assertThat(read("d080")).isEqualTo(-128L);
        assertThat(read("d18000")).isEqualTo(-32768L);
        assertThat(read("d280000000")).isEqualTo((long) Integer.MIN_VALUE);
        assertThat(read("d38000000000000000")).isEqualTo(Long.MIN_VALUE);
        assertThat(read("ca3fc00000")).isEqualTo(1.5);
        assertThat(read("c0")).isNull();
        assertThat(read("93c2c3a161")).isEqualTo(List.of(false, true, "a"));
        assertThat(read("c4020102")).isEqualTo(new byte[] {1, 2});
        assertThat(read("81a16b05")).hasToString("{k=5}");
        assertThat(read("dc0001d90161")).isEqualTo(List.of("a"));
    }

    @Test
    void refusesWhatIsNoneWithoutAllocatingWhatItClaims() {
        for (var text :
                List.of("", "c1", "92", "a5616263", "ddffffffff", "df7fffffff00", "c6ffffffff", "0102", "810102"))
            assertThatThrownBy(() -> read(text)).as(text).isInstanceOf(MsgPack.Malformed.class);
        assertThatThrownBy(() -> read("91".repeat(10_000) + "c0"))
                .isInstanceOf(MsgPack.Malformed.class)
                .hasMessageContaining("deeper");
    }

    @Test
    void batchesThatAreDamagedAnyhowAreReadOrRefusedAndNothingElse() throws Exception {
        assertThat(ZmqBatch.read(BATCH)).singleElement().isInstanceOf(KvEvent.Stored.class);
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            var damaged = Arrays.copyOf(BATCH, random.nextInt(4) == 0 ? random.nextInt(BATCH.length) : BATCH.length);
            for (int j = random.nextInt(3); j >= 0 && damaged.length > 0; j--)
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            var read = new ArrayList<KvEvent>();
            try {
                read.addAll(ZmqBatch.read(damaged));
            } catch (MsgPack.Malformed _) {
                refused++;
            }
            for (var event : read)
                if (event instanceof KvEvent.Stored(var hashes, var _, var tokens, int blockSize))
                    assertThat(tokens.size()).isEqualTo(hashes.length * blockSize);
        }
        assertThat(refused).isBetween(50_000, 199_000);
    }

    private static @Nullable Object read(String hex) throws MsgPack.Malformed {
        return MsgPack.read(HexFormat.of().parseHex(hex));
    }
}
