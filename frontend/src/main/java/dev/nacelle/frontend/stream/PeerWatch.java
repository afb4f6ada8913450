package dev.nacelle.frontend.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after requests that wait for their engine: ticks a few times a second, and notices when a client ends its side of
 * the connection, which a server that neither reads nor writes is not told of.
 *
 * <p>It does so with a selector of its own (a channel may be registered with several): a connection that turns readable
 * without a byte to be read has come to its end. Nothing is consumed, so that a pipelined request stays where it is, and
 * neither native code nor access to the JDK's internals is needed.
 */
public final class PeerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerWatch.class);

    /** Who is watched. Called on the watch's thread: must be short. */
    public interface Watched {
        void tick();

        /**
         * The client sends nothing more: it left, or closed its sending half only, which TCP does not tell apart. Called once
         * a tick from then on, and never where no connection is watched.
         */
        default void inputEnded() {}
    }

    /** An ongoing watch; closing is idempotent, from any thread. A tick that is under way may still come. */
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    private final Duration tick;
    private final Selector selector;
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts the watch's thread.
     *
     * @param tick how often to look
     */
    public PeerWatch(Duration tick) throws IOException {
        this.tick = tick;
        selector = Selector.open();
        thread = Thread.ofPlatform().daemon().name("frontend-watch").unstarted(this::loop);
        thread.start();
    }

    /**
     * Watches until the returned watch is closed.
     *
     * @param connection of a client that is not read from otherwise; empty where the protocol tells by itself (HTTP/2)
     */
    public Watch watch(Optional<SocketChannel> connection, Watched watched) {
        var entry = new Entry(connection, watched);
        entries.add(entry);
        return entry;
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        try (selector) {
            long next = System.nanoTime() + tick.toNanos();
            while (!closed) {
                // Rounded up: a wait of 0 ms would be one without end.
                long millis = Math.max(1, (next - System.nanoTime() + 999_999) / 1_000_000);
                selector.select(this::onReadable, millis);
                if (System.nanoTime() - next < 0) continue;
                for (var entry : entries) entry.tick();
                next = System.nanoTime() + tick.toNanos();
            }
        } catch (IOException e) {
            if (!closed) throw new UncheckedIOException("the watch for clients that leave cannot go on", e);
        }
    }

    private void onReadable(SelectionKey key) {
        if (key.attachment() instanceof Entry entry) entry.readable(key);
    }

    private final class Entry implements Watch {
        private final Optional<SocketChannel> connection;
        private final Watched watched;
        private volatile @Nullable SelectionKey key;
        private boolean ticked;

        Entry(Optional<SocketChannel> connection, Watched watched) {
            this.connection = connection;
            this.watched = watched;
        }

        /** Most requests are over before their second tick, and cost no system call. */
        void tick() {
            if (!ticked) ticked = true;
            else if (connection.isPresent()) listen(connection.get());
            call(watched::tick);
        }

        private void listen(SocketChannel channel) {
            try {
                var registered = key;
                if (registered == null) key = channel.register(selector, SelectionKey.OP_READ, this);
                else if (registered.interestOps() == 0) registered.interestOps(SelectionKey.OP_READ);
            } catch (ClosedChannelException | CancelledKeyException e) {
                // Closed, which others tell the request; or still to be forgotten for the request before: the next
                // tick tries again.
                LOG.debug("a connection cannot be watched now", e);
            }
            if (!entries.contains(this)) cancel();
        }

        /** The end of input stays readable: one report a tick is enough. */
        void readable(SelectionKey key) {
            try {
                key.interestOps(0);
            } catch (CancelledKeyException e) {
                LOG.debug("the request ended while its connection became readable", e);
                return;
            }
            if (isAtEnd()) call(watched::inputEnded);
        }

        private boolean isAtEnd() {
            try {
                var channel = connection.orElseThrow();
                return !channel.isConnected()
                        || channel.socket().getInputStream().available() == 0;
            } catch (IOException e) {
                return true;
            }
        }

        private void call(Runnable report) {
            try {
                report.run();
            } catch (RuntimeException | Error e) {
                LOG.error("a watched request failed", e);
            }
        }

        @Override
        public void close() {
            entries.remove(this);
            cancel();
        }

        private void cancel() {
            var registered = key;
            if (registered != null) registered.cancel();
        }
    }
}
