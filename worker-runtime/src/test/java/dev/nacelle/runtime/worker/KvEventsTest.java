package dev.nacelle.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.request.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KvEventsTest {
    private final List<String> heard = new ArrayList<>();
    private final List<KvEventPublisher> publishers = new ArrayList<>();
    private final KvEvents events = new KvEvents(42, new KvEventListener() {
        @Override
        public void stored(KvEventId id, long[] blockHashes, OptionalLong parent, TokenIds tokens, int blockSize) {
            heard.add("%s stored %s after %s".formatted(text(id), Arrays.toString(blockHashes), parent));
            blockHashes[0] = -1; // the listener's to keep
        }

        @Override
        public void removed(KvEventId id, long[] blockHashes) {
            heard.add("%s removed %s".formatted(text(id), Arrays.toString(blockHashes)));
        }

        @Override
        public void cleared(KvEventId id) {
            heard.add(text(id) + " cleared");
        }
    });

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
                        "42/0#0 stored [11, 12] after OptionalLong.empty",
                        "42/1#0 cleared",
                        "42/0#1 stored [13] after OptionalLong[12]",
                        "42/0#2 removed [11]",
                        "42/0#3 cleared");
        assertThat(hashes).containsExactly(11, 12);
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
        assertThat(heard).isEmpty();
    }

    private void attach(int... ranks) {
        events.attach(
                Arrays.stream(ranks)
                        .mapToObj(rank -> new KvEventSource(rank, publishers::add))
                        .toList(),
                0,
                2);
    }

    private static String text(KvEventListener.KvEventId id) {
        return "%d/%d#%d".formatted(id.workerId(), id.dpRank(), id.number());
    }
}
