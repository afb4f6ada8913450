package dev.nacelle.dynamo.net;

import dev.nacelle.dynamo.wire.FrameReader;
import dev.nacelle.dynamo.wire.MalformedFrameException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for frontends and reads their requests, on one thread: decoding is work for a processor, and on a thread of the
 * platform it goes on while an engine computes. What is wrong with one connection ends that connection.
 */
public final class RequestServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RequestServer.class);
    private static final int BACKLOG = 1024;
    private static final int TICK_MS = 500;

    private final NetLimits limits;
    private final FrameHandler handler;
    private final PlaneMetrics metrics;
    private final ServerSocketChannel server;
    private final PlaneThread thread;
    private final BufferedBytes buffered; // of the thread's own
    private final Set<RequestConnection> connections = new HashSet<>(); // of the thread's own
    private volatile Selector selector;
    private volatile boolean closed;

    /** Starts listening. @throws IOException when the address cannot be bound */
    public RequestServer(InetSocketAddress address, NetLimits limits, FrameHandler handler, PlaneMetrics metrics)
            throws IOException {
        this.limits = limits;
        this.handler = handler;
        this.metrics = metrics;
        buffered = new BufferedBytes(limits.bufferedBytes());
        selector = Selector.open();
        try {
            server = listen(address, selector);
        } catch (IOException | RuntimeException e) {
            selector.close();
            throw e;
        }
        thread = new PlaneThread("dynamo-requests", this::loop, this::mend);
        thread.start();
    }

    private static ServerSocketChannel listen(InetSocketAddress address, Selector selector) throws IOException {
        var server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.configureBlocking(false);
            server.bind(address, BACKLOG).register(selector, SelectionKey.OP_ACCEPT);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** How the thread is; while it does not work, no request comes in. */
    public ThreadHealth health() {
        return thread.health();
    }

    Selector selector() {
        return selector;
    }

    ServerSocketChannel channel() {
        return server;
    }

    /** The port that is listened on. */
    public int port() {
        return server.socket().getLocalPort();
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        thread.close();
        try (var _ = selector;
                var _ = server) {
            List.copyOf(connections).forEach(this::close); // the thread's own no more
        } catch (IOException e) {
            LOG.debug("the port for requests did not close", e);
        }
    }

    private void loop() throws IOException {
        long next = System.nanoTime();
        while (!closed) {
            selector.select(this::selected, TICK_MS);
            if (System.nanoTime() - next < 0) continue;
            next = System.nanoTime() + TICK_MS * 1_000_000L;
            var accepting = server.keyFor(selector);
            if (accepting != null) accepting.interestOps(SelectionKey.OP_ACCEPT);
            for (var connection : List.copyOf(connections))
                if (connection.isOverdue(limits.frameTime().toNanos()))
                    drop(connection, PlaneMetrics.Reason.TIMEOUT, "a request did not come to its end in time");
        }
    }

    /** Begins anew at the same port. As acknowledgements count by their order, no connection is gone on with. */
    private void mend() throws IOException {
        List.copyOf(connections).forEach(this::close);
        selector.close();
        selector = Selector.open();
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    private void selected(SelectionKey key) {
        if (!(key.attachment() instanceof RequestConnection connection)) {
            accept();
            return;
        }
        try {
            if (key.isWritable()) connection.write();
            if (key.isReadable() && !connection.read()) close(connection);
        } catch (MalformedFrameException e) {
            drop(connection, PlaneMetrics.Reason.MALFORMED, String.valueOf(e.getMessage()));
        } catch (LimitException e) {
            drop(connection, PlaneMetrics.Reason.LIMIT, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.debug("connection of {} broke", connection, e);
            close(connection);
        } catch (RuntimeException | Error e) {
            LOG.error("connection of {} is closed, as its requests cannot be read", connection, e);
            close(connection);
        }
    }

    private void accept() {
        try {
            var channel = server.accept();
            if (channel == null) return;
            if (connections.size() >= limits.connections()) {
                metrics.dropped(PlaneMetrics.Reason.LIMIT);
                LOG.warn(
                        "connection of {} is closed: there are {} already",
                        channel.getRemoteAddress(),
                        connections.size());
                channel.close();
                return;
            }
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            var key = channel.register(selector, SelectionKey.OP_READ);
            var connection =
                    new RequestConnection(channel, key, new FrameReader(limits.frameBytes()), handler, buffered);
            key.attach(connection);
            connections.add(connection);
        } catch (IOException e) {
            LOG.warn("a connection could not be accepted", e);
            // Where there are no file descriptors left, the next attempt would fail at once, and so on.
            var accepting = server.keyFor(selector);
            if (accepting != null) accepting.interestOps(0);
        }
    }

    private void drop(RequestConnection connection, PlaneMetrics.Reason reason, String why) {
        metrics.dropped(reason);
        LOG.warn("connection of {} is closed: {}", connection, why);
        close(connection);
    }

    private void close(RequestConnection connection) {
        connections.remove(connection);
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("connection of {} did not close", connection, e);
        }
    }
}
