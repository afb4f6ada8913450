package dev.nacelle.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ActiveBlocksTest {
    @Test
    void countsEachBlockOnceAsLongAsAnybodyUsesIt() {
        var random = new Random(3);
        var hasher = new BlockHasher(1, 0);
        var active = new ActiveBlocks();
        var running = new ArrayList<long[]>();
        int inUse = 0;
        for (int i = 0; i < 20_000; i++) {
            if (running.isEmpty() || random.nextInt(running.size() + 20) < 20) {
                // So few different tokens that sequences share beginnings.
                var chain = hasher.chain(random.ints(random.nextInt(8), 0, 3).toArray());
                running.add(chain);
                inUse += active.use(chain);
            } else {
                inUse -= active.release(running.remove(random.nextInt(running.size())));
            }
            if (i % 50 == 0)
                assertThat(inUse)
                        .isEqualTo(running.stream()
                                .flatMapToLong(Arrays::stream)
                                .distinct()
                                .count());
        }
        for (var chain : running) inUse -= active.release(chain);
        assertThat(inUse).isZero();
    }

    @Test
    void startsAnewAfterABusyTime() {
        var active = new ActiveBlocks();
        var many = new Random(4).longs(10_000).toArray();
        for (int i = 0; i < 2; i++) {
            assertThat(active.use(many)).isEqualTo(10_000);
            assertThat(active.use(many)).isZero();
            assertThat(active.release(many)).isZero();
            assertThat(active.release(many)).isEqualTo(10_000);
        }
    }
}
