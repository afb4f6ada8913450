package dev.nacelle.examples.simulated.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockPoolTest {
    /** The same, said slowly: every use in a list, the free blocks in a list in the order of their taking. */
    private static final class Naive {
        final List<Integer> free = new ArrayList<>();
        final Map<Integer, Integer> uses = new HashMap<>();
        final Map<Long, Integer> cached = new HashMap<>();
        final List<Long> evicted = new ArrayList<>();

        Naive(int blocks) {
            for (int i = 0; i < blocks; i++) free.add(i);
        }

        int take() {
            int block = free.removeFirst();
            cached.entrySet().removeIf(entry -> {
                if (entry.getValue() != block) return false;
                evicted.add(entry.getKey());
                return true;
            });
            uses.put(block, 1);
            return block;
        }

        void retain(int block) {
            free.removeIf(each -> each == block);
            uses.merge(block, 1, Integer::sum);
        }

        void release(int block) {
            if (uses.merge(block, -1, Integer::sum) > 0) return;
            uses.remove(block);
            if (cached.containsValue(block)) free.addLast(block);
            else free.addFirst(block);
        }

        int cache(int block, long hash) {
            var there = cached.putIfAbsent(hash, block);
            if (there == null || there == block) return block;
            retain(there);
            release(block);
            return there;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void doesWhatTheNaiveModelDoes(long seed) {
        var random = new Random(seed);
        int blocks = 1 + random.nextInt(24);
        var pool = new BlockPool(blocks);
        var naive = new Naive(blocks);
        List<Integer> held = new ArrayList<>(); // one entry per use
        for (int i = 0; i < 5_000; i++) {
            int what = random.nextInt(10);
            if (what < 4 && pool.available() > 0) {
                int block = pool.take();
                assertThat(block).isEqualTo(naive.take());
                held.add(block);
            } else if (what < 6 && !held.isEmpty()) {
                int at = random.nextInt(held.size());
                int block = held.get(at);
                held.set(at, held.getLast());
                held.removeLast();
                pool.release(block);
                naive.release(block);
            } else if (what < 8 && !held.isEmpty()) {
                int at = random.nextInt(held.size());
                int block = held.get(at);
                if (naive.cached.containsValue(block)) continue; // a block is filled once
                if (held.stream().filter(each -> each == block).count() > 1) continue; // by the one that has it
                long hash = random.nextInt(40);
                int use = pool.cache(block, hash);
                assertThat(use).isEqualTo(naive.cache(block, hash));
                held.set(at, use);
            } else {
                int block = pool.find(random.nextInt(40));
                if (block < 0) continue;
                pool.retain(block);
                naive.retain(block);
                held.add(block);
            }
            assertThat(pool.available()).isEqualTo(naive.free.size());
            assertThat(pool.used()).isEqualTo((int) held.stream().distinct().count());
            assertThat(pool.used() + pool.available()).isEqualTo(blocks);
            assertThat(pool.cached()).isEqualTo(naive.cached.size());
            naive.cached.forEach((hash, block) -> assertThat(pool.find(hash)).isEqualTo(block));
        }
        assertThat(pool.drainEvicted())
                .containsExactly(naive.evicted.stream().mapToLong(hash -> hash).toArray());
        held.forEach(pool::release);
        assertThat(pool.available()).as("nothing leaks").isEqualTo(blocks);
    }

    @Test
    void theLeastRecentlyUsedGoesFirstAndWhatIsNotCachedBeforeIt() {
        var pool = new BlockPool(3);
        int old = pool.take();
        int recent = pool.take();
        int plain = pool.take();
        pool.cache(old, 11);
        pool.cache(recent, 12);
        pool.release(old);
        pool.release(recent);
        pool.release(plain);
        assertThat(pool.take()).isEqualTo(plain);
        assertThat(pool.hasEvicted()).isFalse();
        assertThat(pool.take()).isEqualTo(old);
        assertThat(pool.find(11)).isNegative();
        assertThat(pool.find(12)).isEqualTo(recent);
        assertThat(pool.drainEvicted()).containsExactly(11);
    }

    @Test
    void whatIsHeldBackCannotBeTaken() {
        var pool = new BlockPool(3);
        int block = pool.take();
        pool.withhold(5);
        assertThat(pool.available()).isZero();
        assertThat(pool.used()).isEqualTo(3);
        assertThatIllegalStateException().isThrownBy(pool::take).withMessageContaining("all 3");
        pool.release(block);
        pool.withhold(1);
        assertThat(pool.available()).isEqualTo(2);
    }

    @Test
    void aBlockThatIsFreeCannotBeReleasedAgain() {
        var pool = new BlockPool(1);
        int block = pool.take();
        pool.release(block);
        assertThatIllegalStateException().isThrownBy(() -> pool.release(block));
        assertThatIllegalStateException().isThrownBy(() -> pool.retain(block));
    }
}
