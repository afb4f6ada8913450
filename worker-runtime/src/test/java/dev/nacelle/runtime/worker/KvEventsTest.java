package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.nacelle.runtime.kv.KvEvent;
import dev.nacelle.runtime.kv.LocalRankFeed;
import dev.nacelle.runtime.kv.RankFeed;
import dev.nacelle.runtime.kv.RankId;
import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.metrics.ComponentSnapshot;
import dev.nacelle.spi.request.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KvEventsTest {
    private final List<String> heard = new ArrayList<>();
    private final List<KvEventPublisher> publishers = new ArrayList<>();
    private final LocalRankFeed feed = new LocalRankFeed();
    private final KvEvents events = new KvEvents(feed.source(42));

    KvEventsTest() {
        feed.watch(new RankFeed.Listener() {
            @Override
            public void cacheChanged(RankId rank, long number, KvEvent event) {
                var text = switch (event) {
                    case KvEvent.Stored stored ->
                        "stored %s after %s".formatted(Arrays.toString(stored.hashes()), stored.parent());
                    case KvEvent.Removed(var hashes) -> "removed " + Arrays.toString(hashes);
                    case KvEvent.Cleared _ -> "cleared";
                };
                heard.add("%s#%d %s".formatted(rank, number, text));
            }

            @Override
            public void loadChanged(long workerId, int dpRank, ComponentSnapshot snapshot) {
                heard.add("%x/%d %d of %d"
                        .formatted(workerId, dpRank, snapshot.kvUsedBlocks(), snapshot.kvTotalBlocks()));
            }
        });
    }

    @Test
    void eachRanksEventsAreNumberedConsecutively() {
        attach(0, 1);
        var hashes = new long[] {11, 12};
        publishers.get(0).stored(hashes, OptionalLong.empty(), TokenIds.of(1, 2, 3, 4), 2);
        publishers.get(1).cleared();
        publishers.get(0).stored(new long[] {13}, OptionalLong.of(12), TokenIds.of(5, 6), 2);
        publishers.get(0).removed(11);
        publishers.get(0).removed();
        publishers.get(0).cleared();
        assertThat(heard)
                .containsExactly(
                        "2a/0#0 stored [11, 12] after OptionalLong.empty",
                        "2a/1#0 cleared",
                        "2a/0#1 stored [13] after OptionalLong[12]",
                        "2a/0#2 removed [11]",
                        "2a/0#3 cleared");
        hashes[0] = 99; // the engine's to reuse
        assertThat(feed.blocks(new RankId(42, 0)).orElseThrow().nextNumber()).isEqualTo(4);
    }

    @Test
    void blocksWithoutTheirTokensAreRefused() {
        attach(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        publishers.getFirst().stored(new long[] {1, 2}, OptionalLong.empty(), TokenIds.of(1, 2, 3), 2))
                .withMessage("2 blocks of 2 tokens with 3 tokens, expected 4");
        assertThat(heard).isEmpty();
    }

    @Test
    void aRankThatIsNotTheWorkersOrComesTwiceIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> attach(2))
                .withMessage("a KV-event source for dp_rank 2, expected 0 to 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> attach(1, 1))
                .withMessageContaining("two KV-event sources");
        assertThat(publishers).isEmpty();
    }

    @Test
    void onceClosedNothingIsHeard() {
        attach(0);
        events.close();
        publishers.getFirst().cleared();
        publishers.getFirst().removed(1);
        events.feed().load().onSnapshot(0, new ComponentSnapshot(1, 2));
        assertThat(heard).isEmpty();
        assertThat(feed.blocks(new RankId(42, 0))).isEmpty();
    }

    @Test
    void snapshotsAreHeardWithTheirWorker() {
        events.feed().load().onSnapshot(1, new ComponentSnapshot(3, 8));
        assertThat(heard).containsExactly("2a/1 3 of 8");
    }

    @Test
    void whatIsLostOnTheWayIsInTheMirror() {
        attach(0);
        var publisher = publishers.getFirst();
        publisher.stored(new long[] {11}, OptionalLong.empty(), TokenIds.of(1, 2), 2);
        events.feed().lose(0, true);
        publisher.stored(new long[] {12, 13}, OptionalLong.of(11), TokenIds.of(3, 4, 5, 6), 2);
        events.feed().lose(0, false);
        publisher.removed(13);
        assertThat(heard).hasSize(2).last().isEqualTo("2a/0#2 removed [13]");
        var held = feed.blocks(new RankId(42, 0)).orElseThrow();
        assertThat(held.nextNumber()).isEqualTo(3);
        assertThat(held.blocks()).extracting(block -> block.hashes()[0]).containsExactly(11L, 12L);
    }

    @Test
    void theControlLosesTheEventsOfOneRankOrOfAll() throws Exception {
        assertThat(events.controls()).as("nothing to lose").isEmpty();
        attach(0, 1);
        var control = Objects.requireNonNull(events.controls().get("drop_events"));
        assertThat(control.apply(Map.of("dp_rank", 1)))
                .isEqualTo(Map.of("status", "ok", "events", Map.of("0", "sent", "1", "dropped")));
        publishers.forEach(KvEventPublisher::cleared);
        assertThat(heard).containsExactly("2a/0#0 cleared");
        control.apply(Map.of());
        publishers.forEach(KvEventPublisher::cleared);
        assertThat(heard).hasSize(1);
        assertThat(control.apply(Map.of("on", false)))
                .isEqualTo(Map.of("status", "ok", "events", Map.of("0", "sent", "1", "sent")));
        publishers.forEach(KvEventPublisher::cleared);
        assertThat(heard).containsExactly("2a/0#0 cleared", "2a/0#2 cleared", "2a/1#2 cleared");
    }

    @Test
    void theControlSaysWhatItExpected() throws Exception {
        attach(0, 1);
        var control = Objects.requireNonNull(events.controls().get("drop_events"));
        assertThat(control.apply(Map.of("dp_rank", 2)))
                .containsEntry("status", "error")
                .containsEntry("message", "dp_rank 2, expected one of [0, 1]");
        assertThat(control.apply(Map.of("on", "yes"))).containsEntry("message", "on yes, expected true or false");
        assertThat(control.apply(Map.of("of", true))).containsEntry("message", "of: not known, expected on, dp_rank");
    }

    private void attach(int... ranks) {
        events.attach(
                Arrays.stream(ranks)
                        .mapToObj(rank -> KvEventSource.push(rank, publishers::add))
                        .toList(),
                0,
                2);
    }
}
