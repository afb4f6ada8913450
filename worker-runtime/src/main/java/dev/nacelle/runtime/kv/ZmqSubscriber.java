package dev.nacelle.runtime.kv;

import dev.nacelle.spi.kv.KvEventPublisher;
import dev.nacelle.spi.kv.KvEventSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * Follows an engine's own ZeroMQ socket until closed: messages of three frames (topic, number, batch), and a second socket
 * that repeats them. On a thread of its own; an engine that is not there yet is waited for.
 */
public final class ZmqSubscriber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZmqSubscriber.class);

    /** Messages that wait while others are repeated. */
    private static final int QUEUE_MESSAGES = 100_000;

    private static final long MESSAGE_BYTES_MAX = 64 << 20;
    /**
     * JeroMQ (0.6.0) now and then never polls a new connection: when something is sent while it is being made, its poller
     * may cancel the selection key of both the connecting and the connected channel. A handshake that takes as long as
     * this is given up, and the next connection, made while nothing is sent, carries what waited; by default that takes 30 s.
     */
    private static final Duration HANDSHAKE_MAX = Duration.ofSeconds(1);

    /** Long enough for a second connection. */
    private static final Duration REPLAY_SILENCE_MAX = Duration.ofSeconds(4);

    /** The number of the frame that ends a replay. */
    private static final long END = -1;

    private final KvEventSource.Zmq source;
    private final ZmqSequence sequence;
    private final ZMQ.Context context = ZMQ.context(1);
    private final Thread thread;

    private ZmqSubscriber(KvEventSource.Zmq source, KvEventPublisher publisher) {
        this.source = source;
        sequence = new ZmqSequence(source.endpoint(), publisher, this::replay);
        thread = Thread.ofPlatform()
                .daemon()
                .name("kv-events-" + source.dpRank())
                .unstarted(this::run);
    }

    /** Follows the source from now on; returns at once. */
    public static ZmqSubscriber start(KvEventSource.Zmq source, KvEventPublisher publisher) {
        var subscriber = new ZmqSubscriber(source, publisher);
        subscriber.thread.start();
        return subscriber;
    }

    /** What is published from now on is not heard. Returns when the sockets are closed. */
    @Override
    public void close() {
        // The context's end makes the thread's waiting for messages fail, and waits for its sockets.
        context.term();
    }

    private void run() {
        try (var socket = context.socket(SocketType.SUB)) {
            configure(socket);
            socket.subscribe(source.topic().getBytes(ZMQ.CHARSET));
            socket.connect(source.endpoint());
            while (true) {
                var frames = frames(socket);
                if (frames.size() == 3 && frames.get(1).length == Long.BYTES)
                    sequence.message(number(frames.get(1)), frames.get(2));
                else if (!frames.isEmpty())
                    LOG.warn("{}: a message of {} frames, expected 3: not for us", source.endpoint(), frames.size());
            }
        } catch (ZMQException e) {
            if (e.getErrorCode() != ZMQ.Error.ETERM.getCode())
                LOG.error("{}: its KV events are not followed any more", source.endpoint(), e);
        } catch (RuntimeException | Error e) {
            LOG.error("{}: its KV events are not followed any more", source.endpoint(), e);
        }
    }

    private void replay(long first, ZmqSequence.Taker taker) {
        if (source.replayEndpoint().isEmpty()) return;
        var endpoint = source.replayEndpoint().get();
        if (!replay(endpoint, first, taker)) LOG.warn("{}: no replay from {} on", endpoint, first);
    }

    /** Asks on a connection of its own. @return whether there was an answer to its end */
    private boolean replay(String endpoint, long first, ZmqSequence.Taker taker) {
        try (var socket = context.socket(SocketType.DEALER)) {
            configure(socket);
            socket.setReceiveTimeOut((int) REPLAY_SILENCE_MAX.toMillis());
            socket.connect(endpoint);
            socket.sendMore(new byte[0]);
            socket.send(ByteBuffer.allocate(Long.BYTES).putLong(first).array());
            while (true) {
                var frames = frames(socket);
                int size = frames.size();
                // Some publishers put the topic before the number.
                if (size < 3 || frames.get(size - 2).length != Long.BYTES) return false;
                long number = number(frames.get(size - 2));
                if (number == END) return true;
                taker.message(number, frames.get(size - 1));
            }
        }
    }

    private static void configure(ZMQ.Socket socket) {
        socket.setLinger(0);
        socket.setHandshakeIvl((int) HANDSHAKE_MAX.toMillis());
        socket.setRcvHWM(QUEUE_MESSAGES);
        socket.setMaxMsgSize(MESSAGE_BYTES_MAX);
    }

    /** The next message; no frames when there was none in time. */
    private static List<byte[]> frames(ZMQ.Socket socket) {
        var frames = new ArrayList<byte[]>();
        do {
            var frame = socket.recv();
            if (frame == null) return List.of();
            frames.add(frame);
        } while (socket.hasReceiveMore());
        return frames;
    }

    private static long number(byte[] frame) {
        return ByteBuffer.wrap(frame).getLong();
    }
}
