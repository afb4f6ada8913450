package dev.nacelle.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.nacelle.routing.Placement.Placed;
import dev.nacelle.routing.Placement.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PoolTest {
    private static final int BLOCK = 4;
    private static final RouteRequest EIGHT_BLOCKS =
            RouteRequest.of(IntStream.range(0, 8 * BLOCK).toArray());

    private long now;
    private Pool pool = pool(RoutingMode.KV);

    @Test
    void goesWhereThePrefixLies() {
        join(1, 2, 3);
        stores(2, 4);
        var placed = place(EIGHT_BLOCKS);
        assertThat(placed.rank().worker().id()).isEqualTo(2);
        assertThat(placed.reason()).isEqualTo(Reason.LOWEST_COST);
        assertThat(placed.cachedBlocks()).isEqualTo(4);
        assertThat(placed.blocks()).isEqualTo(8);
        assertThat(placed.cost()).isEqualTo(4);
        assertThat(pool.load(placed.rank())).isEqualTo(new Rank.Load(1, 4 * BLOCK, 8));
    }

    @Test
    void goesElsewhereWhenThereIsTooMuchToDo() {
        join(1, 2);
        stores(1, 4);
        var first = place(EIGHT_BLOCKS);
        assertThat(first.rank().worker().id()).isEqualTo(1);
        var second = place(EIGHT_BLOCKS); // there: 4 to prefill and 4 waiting, 8 in use; here: 8 to prefill
        assertThat(second.rank().worker().id()).isEqualTo(2);
        first.booking().close();
        second.booking().close();
        assertThat(place(EIGHT_BLOCKS).rank().worker().id()).isEqualTo(1);
    }

    @Test
    void aHigherOverlapWeightKeepsToThePrefixLonger() {
        join(1, 2);
        stores(1, 6);
        var request = with(OptionalDouble.of(5), OptionalDouble.empty());
        for (int i = 0; i < 2; i++)
            assertThat(place(request).rank().worker().id()).isEqualTo(1);
        assertThat(place(EIGHT_BLOCKS).rank().worker().id()).isEqualTo(2);
    }

    @Test
    void blocksThatRequestsShareAreInUseOnce() {
        join(1);
        var half = IntStream.range(0, 4 * BLOCK);
        var other = IntStream.concat(half, IntStream.range(500, 500 + 4 * BLOCK + 1))
                .toArray();
        var first = place(EIGHT_BLOCKS);
        var second = place(EIGHT_BLOCKS);
        var third = place(RouteRequest.of(other));
        var rank = first.rank();
        assertThat(pool.load(rank).blocks()).isEqualTo(8 + 4 + 1); // the last not full, so nobody else's
        first.booking().generated(1);
        second.booking().generated(BLOCK + 1);
        assertThat(pool.load(rank).blocks()).isEqualTo(13 + 1 + 2);
        first.booking().close();
        assertThat(pool.load(rank).blocks()).isEqualTo(13 + 2);
        second.booking().close();
        assertThat(pool.load(rank).blocks()).isEqualTo(9);
        third.booking().close();
        assertThat(pool.load(rank)).isEqualTo(new Rank.Load(0, 0, 0));
    }

    @Test
    void whereTheOwnAccountsAreEqualTheEnginesWordCounts() {
        pool = pool(RoutingMode.LEAST_LOADED);
        pool.join(new Worker.Spec(1, 0, 2, 0, 0, () -> true));
        join(2);
        ranks(1).get(1).reported(80, 0.8);
        ranks(2).getFirst().reported(30, 0.3);
        for (int i = 0; i < 20; i++) {
            var placed = place(EIGHT_BLOCKS); // 0.3 against an average of 0.4
            assertThat(placed.rank().worker().id()).isEqualTo(2);
            placed.booking().close();
        }
        var running = place(EIGHT_BLOCKS);
        assertThat(place(EIGHT_BLOCKS).rank().worker().id())
                .as("what is known comes first")
                .isEqualTo(1);
        running.booking().close();
    }

    @Test
    void temperatureSpreadsRequestsTheCheaperTheMore() {
        join(1, 2);
        stores(1, 8);
        var counts = new HashMap<Long, Integer>();
        for (int i = 0; i < 1000; i++) {
            var placed = place(with(OptionalDouble.empty(), OptionalDouble.of(1)));
            counts.merge(placed.rank().worker().id(), 1, Integer::sum);
            placed.booking().close();
        }
        // e to 1, as costs are scaled to 0…1.
        assertThat(counts.get(1L)).isBetween(670, 790);
    }

    @Test
    void ofEquallyCheapOnesTheSessionsLastIsTaken() {
        join(1, 2, 3, 4, 5, 6, 7, 8);
        var request = session("a");
        var first = place(request);
        first.booking().close();
        for (int i = 0; i < 20; i++) {
            var next = place(request);
            assertThat(next.rank()).isEqualTo(first.rank());
            assertThat(next.reason()).isEqualTo(Reason.SESSION);
            next.booking().close();
        }
        pool.leave(first.rank().worker());
        assertThat(place(request).reason()).isEqualTo(Reason.LOWEST_COST);
    }

    @Test
    void aCallerMayNameWorkerAndRank() {
        pool.join(new Worker.Spec(1, 4, 2, 0, 0, () -> true));
        pool.join(new Worker.Spec(2, 0, 1, 0, 0, () -> true));
        var placed = place(direct(1, OptionalInt.of(5)));
        assertThat(placed.rank().toString()).isEqualTo("1/5");
        assertThat(placed.reason()).isEqualTo(Reason.DIRECT);
        assertThat(pool.place(direct(1, OptionalInt.of(0)))).isInstanceOf(Placement.NobodyReady.class);
        assertThat(pool.place(direct(9, OptionalInt.empty()))).isInstanceOf(Placement.NobodyReady.class);
    }

    @Test
    void whoIsNotReadyOrRefusedGetsNothing() {
        var ready = new AtomicBoolean();
        pool.join(new Worker.Spec(1, 0, 1, 0, 0, ready::get));
        assertThat(pool.place(EIGHT_BLOCKS)).isInstanceOf(Placement.NobodyReady.class);
        ready.set(true);
        var placed = place(EIGHT_BLOCKS);
        assertThat(pool.place(EIGHT_BLOCKS.withRefusedBy(Set.of(placed.rank()))))
                .isInstanceOf(Placement.NobodyReady.class);
    }

    @Test
    void whoWaitsIsToldWhenAllAreSaturatedAndWhenOneIsNotAnyMore() {
        var freed = new AtomicInteger();
        pool = new Pool(
                new BlockHasher(BLOCK, 0),
                new PoolOptions(RoutingMode.KV, 1, 0, 2, 1 << 20, Duration.ofMinutes(1)),
                () -> now,
                new Random(1));
        pool.onFreed(freed::incrementAndGet);
        pool.join(new Worker.Spec(1, 0, 1, 0, 8 * BLOCK, () -> true));
        var waiting = new RouteRequest(
                EIGHT_BLOCKS.tokens(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Set.of(),
                true);
        var first = place(waiting);
        place(waiting);
        assertThat(pool.place(waiting)).isInstanceOf(Placement.Saturated.class);
        assertThat(pool.place(EIGHT_BLOCKS)).isInstanceOf(Placed.class);
        first.booking().firstToken();
        assertThat(freed.get()).isPositive();
        place(EIGHT_BLOCKS).booking().close();
    }

    @ParameterizedTest
    @EnumSource(
            value = RoutingMode.class,
            names = {"ROUND_ROBIN", "RANDOM", "LEAST_LOADED"})
    void withoutACacheWorkersAreChosenAndNoRanks(RoutingMode mode) {
        pool = pool(mode);
        for (int i = 0; i < 4; i++) pool.join(new Worker.Spec(i, 0, 2, 0, 0, () -> true));
        var counts = new HashMap<Long, Integer>();
        for (int i = 0; i < 400; i++) {
            var placed = place(EIGHT_BLOCKS);
            assertThat(placed.rank().dpRank()).isEmpty();
            counts.merge(placed.rank().worker().id(), 1, Integer::sum);
        }
        assertThat(counts).hasSize(4);
        switch (mode) {
            case ROUND_ROBIN -> assertThat(counts.values()).containsOnly(100);
            case LEAST_LOADED -> assertThat(counts.values()).allMatch(count -> Math.abs(count - 100) < 20);
            default -> assertThat(counts.values()).allMatch(count -> Math.abs(count - 100) < 50);
        }
    }

    @Test
    void predictionsFollowWhatWasSentAndWhatItMade() {
        pool = pool(RoutingMode.KV_APPROX);
        join(1, 2, 3);
        var first = place(EIGHT_BLOCKS);
        var generated = IntStream.range(100, 100 + 2 * BLOCK).toArray();
        first.booking().close(generated);
        var next = IntStream.concat(IntStream.of(EIGHT_BLOCKS.tokens()), IntStream.of(generated))
                .toArray();
        var second = place(RouteRequest.of(next));
        assertThat(second.rank()).isEqualTo(first.rank());
        assertThat(second.cachedBlocks()).isEqualTo(10);
        second.booking().close();
        now += Duration.ofHours(1).toNanos();
        place(RouteRequest.of(new int[BLOCK])).booking().close();
        place(RouteRequest.of(new int[BLOCK])).booking().close();
        assertThat(pool.index().heldBy(first.rank().slot)).isLessThanOrEqualTo(10);
    }

    @Test
    void predictionsForgetAsAFullCacheDoes() {
        pool = pool(RoutingMode.KV_APPROX);
        pool.join(new Worker.Spec(1, 0, 1, 10, 0, () -> true));
        place(EIGHT_BLOCKS).booking().close();
        place(RouteRequest.of(IntStream.range(500, 500 + 4 * BLOCK).toArray()))
                .booking()
                .close();
        assertThat(pool.index().stats().held()).isEqualTo(10);
        assertThat(place(EIGHT_BLOCKS).cachedBlocks())
                .as("the beginning goes last")
                .isEqualTo(6);
    }

    @Test
    void nothingLeaksWhicheverWayRequestsEndAndWorkersLeave() {
        var random = new Random(11);
        join(1, 2, 3, 4);
        var running = new ArrayList<Placed>();
        long next = 5;
        for (int i = 0; i < 20_000; i++) {
            int what = random.nextInt(10);
            if (what < 4 || running.isEmpty()) {
                running.add(place(RouteRequest.of(
                        random.ints(1 + random.nextInt(20), 0, 50).toArray())));
            } else if (what == 9 && random.nextInt(50) == 0) {
                pool.leave(pool.workers().get(random.nextInt(4)));
                join(next++);
            } else {
                var placed = running.get(random.nextInt(running.size()));
                switch (random.nextInt(3)) {
                    case 0 -> placed.booking().firstToken();
                    case 1 -> placed.booking().generated(random.nextInt(30));
                    default -> {
                        placed.booking().close();
                        if (random.nextBoolean()) placed.booking().close();
                        running.remove(placed);
                    }
                }
            }
        }
        running.forEach(placed -> placed.booking().close());
        for (var worker : pool.workers())
            for (var rank : worker.ranks()) assertThat(pool.load(rank)).isEqualTo(new Rank.Load(0, 0, 0));
    }

    @Test
    void manyDecideAtOnceAndNothingIsLost() throws InterruptedException {
        join(1, 2, 3, 4);
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            int seed = t;
            threads.add(Thread.ofPlatform().start(() -> {
                var random = new Random(seed);
                for (int i = 0; i < 5_000; i++) {
                    var tokens = random.ints(16, 0, 3).toArray();
                    try (var booking = place(RouteRequest.of(tokens)).booking()) {
                        booking.firstToken();
                        booking.generated(9);
                        var rank = booking.rank();
                        if (!rank.left)
                            pool.index().storedChain(rank.slot, pool.hasher().chain(tokens), 4);
                    }
                }
            }));
        }
        for (var thread : threads) thread.join();
        for (var worker : pool.workers())
            for (var rank : worker.ranks()) assertThat(pool.load(rank)).isEqualTo(new Rank.Load(0, 0, 0));
    }

    @Test
    void aWorkerJoinsOnce() {
        join(1);
        assertThatIllegalArgumentException().isThrownBy(() -> join(1)).withMessage("worker 1 is in the pool");
    }

    private Pool pool(RoutingMode mode) {
        return new Pool(
                new BlockHasher(BLOCK, BlockHasher.DEFAULT_SEED),
                new PoolOptions(mode, 1, 0, 4, 1 << 30, Duration.ofMinutes(2)),
                () -> now,
                new Random(1));
    }

    private void join(long... ids) {
        for (long id : ids) pool.join(new Worker.Spec(id, 0, 1, 0, 0, () -> true));
    }

    /** The worker holds so many of the eight blocks. */
    private void stores(long worker, int blocks) {
        pool.index().storedChain(ranks(worker).getFirst().slot, pool.hasher().chain(EIGHT_BLOCKS.tokens()), blocks);
    }

    private List<Rank> ranks(long worker) {
        var found = pool.worker(worker);
        if (found == null) throw new AssertionError();
        return found.ranks();
    }

    private Placed place(RouteRequest request) {
        return pool.place(request) instanceof Placed placed ? placed : notPlaced();
    }

    private static Placed notPlaced() {
        throw new AssertionError("not placed");
    }

    private static RouteRequest with(OptionalDouble overlapWeight, OptionalDouble temperature) {
        return new RouteRequest(
                EIGHT_BLOCKS.tokens(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                overlapWeight,
                temperature,
                Set.of(),
                false);
    }

    private static RouteRequest session(String session) {
        return new RouteRequest(
                EIGHT_BLOCKS.tokens(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                Optional.of(session),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Set.of(),
                false);
    }

    private static RouteRequest direct(long worker, OptionalInt rank) {
        return new RouteRequest(
                EIGHT_BLOCKS.tokens(),
                OptionalLong.of(worker),
                rank,
                Optional.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Set.of(),
                false);
    }
}
