package dev.nacelle.runtime.kv;

import dev.nacelle.spi.kv.KvEventPublisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the numbers of one publisher's messages: hands each message on once and in order, has missed ones repeated, and
 * empties the rank's cache where they cannot be. For one thread.
 */
final class ZmqSequence {
    /** Asks for what was missed. */
    @FunctionalInterface
    interface Replay {
        /** Hands over every message from {@code first} on that the publisher still has, the same ones twice perhaps. */
        void from(long first, Taker taker);
    }

    /** Takes a repeated message. */
    @FunctionalInterface
    interface Taker {
        void message(long number, byte[] payload);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ZmqSequence.class);

    private final String source;
    private final KvEventPublisher publisher;
    private final Replay replay;
    private long expected;
    private long lastLive = -1;

    ZmqSequence(String source, KvEventPublisher publisher, Replay replay) {
        this.source = source;
        this.publisher = publisher;
        this.replay = replay;
    }

    /** Takes a message as it was published. */
    void message(long number, byte[] payload) {
        if (number <= lastLive) {
            LOG.info("{}: its numbers begin anew at {}: the engine was restarted", source, number);
            publisher.cleared();
            expected = 0;
        }
        lastLive = number;
        if (number > expected) catchUp(number);
        // Messages that were repeated come again as they were published.
        if (number >= expected) take(number, payload);
    }

    private void catchUp(long number) {
        long missed = expected;
        replay.from(missed, (each, payload) -> {
            if (each < expected) return;
            if (each > expected) lost(each);
            take(each, payload);
        });
        if (expected < number) lost(number);
        LOG.info("{}: missed messages from {} on, caught up to {}", source, missed, number);
    }

    /** Nobody knows what was removed meanwhile. */
    private void lost(long next) {
        LOG.warn("{}: messages {} to {} are lost: the rank's cache counts as empty", source, expected, next - 1);
        publisher.cleared();
        expected = next;
    }

    private void take(long number, byte[] payload) {
        expected = number + 1;
        try {
            for (var event : ZmqBatch.read(payload))
                switch (event) {
                    case KvEvent.Stored(var hashes, var parent, var tokens, int blockSize) ->
                        publisher.stored(hashes, parent, tokens, blockSize);
                    case KvEvent.Removed(var hashes) -> publisher.removed(hashes);
                    case KvEvent.Cleared() -> publisher.cleared();
                }
        } catch (MsgPack.Malformed e) {
            LOG.warn(
                    "{}: message {} cannot be read: {}; the rank's cache counts as empty",
                    source,
                    number,
                    e.getMessage());
            publisher.cleared();
        }
    }
}
