package dev.nacelle.spi.kv;

import java.util.Optional;
import java.util.function.Consumer;

/** Where one rank's stream of KV-cache events comes from. */
public sealed interface KvEventSource {
    /** The rank, at least 0. */
    int dpRank();

    /** Events that the engine hands to the host itself. */
    static KvEventSource push(int dpRank, Consumer<KvEventPublisher> onReady) {
        return new Push(dpRank, onReady);
    }

    /**
     * The engine calls a publisher.
     *
     * @param onReady receives the publisher once, before the endpoint serves
     */
    record Push(int dpRank, Consumer<KvEventPublisher> onReady) implements KvEventSource {
        public Push {
            checkRank(dpRank);
        }
    }

    /**
     * A ZeroMQ PUB socket of the engine's own, with vLLM's msgpack batches of events: the host subscribes to it when the
     * worker serves, and follows its sequence numbers.
     *
     * @param endpoint what to connect to, such as {@code tcp://127.0.0.1:5557}
     * @param topic prefix of the messages' topics; empty takes all
     * @param replayEndpoint a ROUTER socket that repeats messages by number; without one a missed message means that the
     *     rank's cache counts as empty from then on
     */
    record Zmq(int dpRank, String endpoint, String topic, Optional<String> replayEndpoint) implements KvEventSource {
        public Zmq {
            checkRank(dpRank);
            if (!endpoint.contains("://"))
                throw new IllegalArgumentException(
                        "ZeroMQ endpoint '%s', expected one such as tcp://127.0.0.1:5557".formatted(endpoint));
        }
    }

    private static void checkRank(int dpRank) {
        if (dpRank < 0) throw new IllegalArgumentException("dp_rank %d, expected 0 or more".formatted(dpRank));
    }
}
