package dev.nacelle.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.nacelle.routing.RandomEvents.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixIndexTest {
    private static final int BLOCK = 4;
    private static final long MUCH = 1L << 30;

    private final BlockHasher hasher = new BlockHasher(BLOCK, BlockHasher.DEFAULT_SEED);

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64, 65, 300})
    void findsWhatANaiveModelFindsWhateverEnginesDo(int ranks) {
        var index = new PrefixIndex(hasher, MUCH);
        var naive = new NaiveIndex(BLOCK);
        for (int i = 0; i < ranks; i++) assertThat(index.join()).isEqualTo(i);
        var events = new RandomEvents(ranks, ranks, BLOCK);
        var depths = new int[ranks];
        for (int i = 0; i < 6_000; i++) {
            var event = events.next();
            apply(event, index);
            apply(event, naive);
            if (i % 20 != 0) continue;
            var asked = events.tokens(6);
            int deepest = index.match(hasher.chain(asked), depths);
            int expected = 0;
            for (int rank = 0; rank < ranks; rank++) {
                assertThat(depths[rank]).as("rank %d after event %d", rank, i).isEqualTo(naive.depth(rank, asked));
                expected = Math.max(expected, depths[rank]);
            }
            assertThat(deepest).isEqualTo(expected);
            assertThat(index.stats().held()).isEqualTo(naive.held());
        }
        for (int rank = 0; rank < ranks; rank++) index.leave(rank);
        assertThat(index.stats().held()).isZero();
        assertThat(index.stats().nodes()).isZero();
    }

    @Test
    void aRankThatIsRebuiltAfterLossAndDisorderKnowsWhatItWouldWithout() {
        var index = new PrefixIndex(hasher, MUCH);
        var naive = new NaiveIndex(BLOCK);
        var random = new Random(7);
        index.join();
        var order = new EventOrder();
        var events = new RandomEvents(7, 1, BLOCK);
        var depths = new int[1];
        int rebuilt = 0;
        for (int number = 0; number < 3000; ) {
            // A few at a time, of which some are lost, come twice, or too early; the mirror has seen them all.
            var batch = new ArrayList<Numbered>();
            var all = new ArrayList<Event>();
            for (int i = 0; i < 8; i++, number++) {
                var event = events.next();
                all.add(event);
                if (random.nextInt(20) > 0) batch.add(new Numbered(number, event));
                if (random.nextInt(20) == 0) batch.add(new Numbered(number, event));
            }
            if (random.nextInt(5) == 0) Collections.shuffle(batch, random);
            all.forEach(event -> apply(event, naive));
            for (var each : batch) {
                switch (order.judge(each.number)) {
                    case NEXT -> apply(each.event, index);
                    case STALE -> {}
                    case GAP -> {
                        rebuild(index, naive);
                        order.caughtUp(number);
                        rebuilt++;
                    }
                }
            }
        }
        rebuild(index, naive);
        assertThat(rebuilt).isPositive();
        for (int i = 0; i < 500; i++) {
            var asked = events.tokens(6);
            index.match(hasher.chain(asked), depths);
            assertThat(depths[0]).isEqualTo(naive.depth(0, asked));
        }
    }

    private record Numbered(long number, Event event) {}

    private static void rebuild(PrefixIndex index, NaiveIndex mirror) {
        index.cleared(0);
        mirror.blocks(0).forEach(event -> apply(event, index));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 100})
    void takesNoMoreBytesThanItMay(int ranks) {
        long limit = 2_000 * PrefixIndex.BYTES_A_BLOCK;
        var index = new PrefixIndex(hasher, limit);
        for (int i = 0; i < ranks; i++) index.join();
        // Tables that hold nothing are a worker's, not a block's.
        long empty = index.stats().bytes();
        var random = new Random(1);
        var depths = new int[ranks];
        for (int i = 0; i < 40_000; i++) {
            int rank = random.nextInt(ranks);
            var tokens = random.ints(BLOCK * 2, 0, 1000).toArray();
            index.stored(rank, new long[] {i * 2L, i * 2L + 1}, false, 0, tokens);
            if (i % 100 == 0) assertThat(index.stats().bytes()).isLessThanOrEqualTo(limit + empty);
            index.match(hasher.chain(tokens), depths);
            assertThat(depths[rank]).as("the newest is there").isEqualTo(2);
        }
        assertThat(index.stats().forgotten()).isPositive();
        assertThat(index.stats().held()).isLessThanOrEqualTo(2_000).isGreaterThan(1_900);
    }

    @Test
    void whatItForgotItNeverClaims() {
        var index = new PrefixIndex(hasher, 500 * PrefixIndex.BYTES_A_BLOCK);
        var naive = new NaiveIndex(BLOCK);
        for (int i = 0; i < 3; i++) index.join();
        var events = new RandomEvents(3, 3, BLOCK);
        var depths = new int[3];
        for (int i = 0; i < 5_000; i++) {
            var event = events.next();
            apply(event, index);
            apply(event, naive);
            var asked = events.tokens(6);
            index.match(hasher.chain(asked), depths);
            if (i % 10 == 0)
                for (int rank = 0; rank < 3; rank++)
                    assertThat(depths[rank]).isLessThanOrEqualTo(naive.depth(rank, asked));
        }
    }

    @Test
    void whatIsAskedForOutlivesWhatIsNot() {
        var index = new PrefixIndex(hasher, 1_000 * PrefixIndex.BYTES_A_BLOCK);
        index.join();
        var wanted = new int[] {1, 2, 3, 4};
        var chain = hasher.chain(wanted);
        index.stored(0, new long[] {-1}, false, 0, wanted);
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            index.stored(
                    0,
                    new long[] {i},
                    false,
                    0,
                    random.ints(BLOCK, 10, 1_000_000).toArray());
            if (i % 50 == 0)
                assertThat(index.match(chain, new int[1])).as("after %d", i).isEqualTo(1);
        }
    }

    @Test
    void blocksWhoseParentIsUnknownAreCountedAndNotFound() {
        var index = new PrefixIndex(hasher, MUCH);
        index.join();
        assertThat(index.stored(0, new long[] {2}, true, 1, new int[BLOCK])).isFalse();
        assertThat(index.stats().orphans()).isEqualTo(1);
        assertThat(index.match(hasher.chain(new int[BLOCK]), new int[1])).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> index.stored(0, new long[] {2}, false, 0, new int[BLOCK - 1]));
    }

    @Test
    void aRankNumberIsGivenToTheNextAndKnowsNothingOfTheLast() {
        var index = new PrefixIndex(hasher, MUCH);
        index.join();
        int second = index.join();
        index.stored(second, new long[] {1}, false, 0, new int[BLOCK]);
        index.leave(second);
        assertThat(index.join()).isEqualTo(second);
        assertThat(index.match(hasher.chain(new int[BLOCK]), new int[2])).isZero();
        assertThat(index.heldBy(second)).isZero();
    }

    @Test
    void eventsOfManyRanksAndQuestionsGoOnAtOnce() throws InterruptedException {
        int ranks = 8;
        var index = new PrefixIndex(hasher, MUCH);
        for (int i = 0; i < ranks; i++) index.join();
        var naive = new NaiveIndex(BLOCK);
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var threads = new ArrayList<Thread>();
        for (int rank = 0; rank < ranks; rank++) {
            int own = rank;
            var events = new RandomEvents(rank, 1, BLOCK);
            var sequence = new ArrayList<Event>();
            for (int i = 0; i < 3_000; i++) sequence.add(on(own, events.next()));
            sequence.forEach(event -> apply(event, naive));
            threads.add(Thread.ofPlatform().unstarted(() -> sequence.forEach(event -> apply(event, index))));
        }
        for (int i = 0; i < 2; i++) {
            var events = new RandomEvents(100 + i, 1, BLOCK);
            threads.add(Thread.ofPlatform().unstarted(() -> {
                var depths = new int[ranks];
                for (int j = 0; j < 20_000; j++)
                    if (index.match(hasher.chain(events.tokens(6)), depths) > 6)
                        failures.add(new AssertionError("deeper than what was asked for"));
            }));
        }
        threads.forEach(thread -> {
            thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
            thread.start();
        });
        for (var thread : threads) thread.join();
        assertThat(failures).isEmpty();
        var depths = new int[ranks];
        var events = new RandomEvents(9, 1, BLOCK);
        for (int i = 0; i < 200; i++) {
            var asked = events.tokens(6);
            index.match(hasher.chain(asked), depths);
            for (int rank = 0; rank < ranks; rank++) assertThat(depths[rank]).isEqualTo(naive.depth(rank, asked));
        }
    }

    private static Event on(int rank, Event event) {
        return switch (event) {
            case Event.Stored(var _, var hashes, var hasParent, var parent, var tokens) ->
                new Event.Stored(rank, hashes, hasParent, parent, tokens);
            case Event.Removed(var _, var hashes) -> new Event.Removed(rank, hashes);
            case Event.Cleared _ -> new Event.Cleared(rank);
        };
    }

    private static void apply(Event event, PrefixIndex index) {
        switch (event) {
            case Event.Stored(int rank, var hashes, var hasParent, var parent, var tokens) ->
                index.stored(rank, hashes, hasParent, parent, tokens);
            case Event.Removed(int rank, var hashes) -> index.removed(rank, hashes);
            case Event.Cleared(int rank) -> index.cleared(rank);
        }
    }

    private static void apply(Event event, NaiveIndex index) {
        switch (event) {
            case Event.Stored(int rank, var hashes, var hasParent, var parent, var tokens) ->
                index.stored(rank, hashes, hasParent, parent, tokens);
            case Event.Removed(int rank, var hashes) -> index.removed(rank, hashes);
            case Event.Cleared(int rank) -> index.cleared(rank);
        }
    }
}
