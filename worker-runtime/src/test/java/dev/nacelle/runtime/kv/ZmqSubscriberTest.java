package dev.nacelle.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nacelle.spi.kv.KvEventSource;
import dev.nacelle.spi.request.TokenIds;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Follows a publisher written with pyzmq and msgspec, as engines in Python publish. */
@Timeout(300)
class ZmqSubscriberTest {
    private static final RankId RANK = new RankId(9, 0);

    private final LocalRankFeed feed = new LocalRankFeed();
    private final LocalRankFeed.Source source = feed.source(9);
    private PythonPublisher python;
    private ZmqSubscriber subscriber;

    @BeforeEach
    void start() throws Exception {
        python = PythonPublisher.start();
        subscriber = ZmqSubscriber.start(
                new KvEventSource.Zmq(0, python.endpoint(), "kv", Optional.of(python.replayEndpoint())),
                source.publisher(0));
        python.subscribed();
    }

    @AfterEach
    void stop() {
        if (subscriber != null) subscriber.close();
        if (python != null) python.close();
        source.close();
    }

    @Test
    void batchesOfEventsReachTheMirrorInBothOfTheirForms() throws Exception {
        python.publish("", stored("[1,2]", "null", "[5,6,7,8]"), stored("[18446744073709551615]", "2", "[9,9]"));
        awaitHashes(1L, 2L, -1L);
        python.publish(",\"as_maps\":true", stored("[\"%064x\"]".formatted(77), "2", "[1,1]"), removed("[2]"));
        awaitHashes(1L, -1L, 77L);
        var block = feed.blocks(RANK).orElseThrow().blocks().getLast();
        assertThat(block.tokens()).isEqualTo(TokenIds.of(1, 1));
        assertThat(block.parent()).isEqualTo(OptionalLong.of(2));
        python.publish("", "{\"type\":\"AllBlocksCleared\"}");
        awaitHashes();
    }

    @Test
    void blocksOfAdaptersAndThoseKeptElsewhereArePassedOver() throws Exception {
        python.publish(
                "",
                "{\"type\":\"BlockStored\",\"block_hashes\":[1],\"token_ids\":[1,2],\"block_size\":2,\"lora_id\":3}",
                "{\"type\":\"BlockStored\",\"block_hashes\":[2],\"token_ids\":[1,2],\"block_size\":2,\"medium\":\"CPU\"}",
                "{\"type\":\"BlockStored\",\"block_hashes\":[3],\"token_ids\":[1,2],\"block_size\":2,\"medium\":\"GPU\"}");
        awaitHashes(3L);
    }

    @Test
    void missedMessagesAreRepeatedOrTheCacheCountsAsEmpty() throws Exception {
        python.publish("", stored("[1]", "null", "[1,1]"));
        python.publish(",\"lost\":true", stored("[2]", "1", "[2,2]"));
        python.publish(",\"lost\":true", removed("[1]"));
        python.publish("", stored("[3]", "2", "[3,3]"));
        awaitHashes(2L, 3L);
        // The publisher does not know it any more.
        python.publish(",\"lost\":true,\"forget\":true", stored("[4]", "3", "[4,4]"));
        python.publish("", stored("[5]", "null", "[5,5]"));
        awaitHashes(5L);
    }

    private void awaitHashes(Long... hashes) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!held().equals(List.of(hashes))) {
            if (System.nanoTime() - end > 0) throw new AssertionError("the mirror holds " + held());
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<Long> held() {
        return feed.blocks(RANK).orElseThrow().blocks().stream()
                .map(block -> block.hashes()[0])
                .toList();
    }

    private static String stored(String hashes, String parent, String tokens) {
        return "{\"type\":\"BlockStored\",\"block_hashes\":%s,\"parent_block_hash\":%s,\"token_ids\":%s,\"block_size\":2}"
                .formatted(hashes, parent, tokens);
    }

    private static String removed(String hashes) {
        return "{\"type\":\"BlockRemoved\",\"block_hashes\":%s}".formatted(hashes);
    }
}
