package dev.nacelle.examples.simulated.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongIntMapTest {
    @Test
    void doesWhatAHashMapDoes() {
        var random = new Random(5);
        var map = new LongIntMap(64);
        Map<Long, Integer> expected = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            long key = random.nextInt(100) - 10L; // 0 and negative ones, too
            if (random.nextBoolean() && expected.size() < 64) {
                map.put(key, i);
                expected.put(key, i);
            } else {
                map.remove(key);
                expected.remove(key);
            }
            long asked = random.nextInt(100) - 10L;
            assertThat(map.get(asked)).isEqualTo(expected.getOrDefault(asked, LongIntMap.ABSENT));
            assertThat(map.size()).isEqualTo(expected.size());
        }
        map.clear();
        assertThat(map.size()).isZero();
        for (long key = -10; key < 90; key++) assertThat(map.get(key)).isEqualTo(LongIntMap.ABSENT);
    }

    @Test
    void takesNoMoreThanItHasRoomFor() {
        var map = new LongIntMap(1);
        map.put(1, 1);
        map.put(2, 2);
        assertThatIllegalStateException().isThrownBy(() -> map.put(3, 3));
    }
}
