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
 * Looks after requests that wait for their engine: ticks as often as each needs it, and notices when a client ends its side
 * of the connection, which a server that neither reads nor writes is not told of.
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
         * The client sends nothing more: it left, or closed its sending half only, which TCP does not tell apart. Called at each
         * look from then on, and never where no connection is watched.
         */
        default void inputEnded() {}
    }

    /** An ongoing watch; closing is idempotent, from any thread. A tick that is under way may still come. */
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** Nobody needs a tick less often, and most need none more often. */
    public static final Duration SELDOM = Duration.ofSeconds(1);

    private final long lookNanos;
    private final Selector selector;
    /** Looked at each time: what is new, or needs its ticks so often. */
    private final Set<Entry> often = ConcurrentHashMap.newKeySet();
    /** Looked at once a second: thousands of streams for whose clients the selector waits. */
    private final Set<Entry> seldom = ConcurrentHashMap.newKeySet();

    private final Thread thread;
    private volatile boolean closed;
    // Of the watch's thread alone.
    private long nextNanos;
    private long nextSeldomNanos;

    /**
     * Starts the watch's thread.
     *
     * @param look how often to look at all that is watched; what is due then is ticked
     */
    public PeerWatch(Duration look) throws IOException {
        lookNanos = look.toNanos();
        nextNanos = System.nanoTime() + lookNanos;
        nextSeldomNanos = nextNanos;
        selector = Selector.open();
        thread = Thread.ofPlatform().daemon().name("frontend-watch").unstarted(this::loop);
        thread.start();
    }

    /**
     * Watches until the returned watch is closed.
     *
     * @param connection of a client that is not read from otherwise; empty where the protocol tells by itself (HTTP/2)
     * @param every time between two ticks, a look longer at most; twice as long once, when the watch settles
     */
    public Watch watch(Optional<SocketChannel> connection, Duration every, Watched watched) {
        var entry = new Entry(connection, every.toNanos(), watched);
        often.add(entry);
        return entry;
    }

    /**
     * How often to tick for limits that are measured in it: so that none is overrun by much more than a tenth, or a look.
     *
     * @param limits 0 for one that does not bound
     */
    public static Duration often(Duration... limits) {
        var shortest = SELDOM;
        for (var limit : limits) {
            var tenth = limit.dividedBy(10);
            if (limit.isPositive() && tenth.compareTo(shortest) < 0) shortest = tenth;
        }
        return shortest;
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
            while (!closed) turn();
        } catch (IOException e) {
            if (!closed) throw new UncheckedIOException("the watch for clients that leave cannot go on", e);
        }
    }

    /**
     * Waits for a client that leaves, or until it is time to look; a method of its own, as the body of a loop without end is
     * not compiled for long.
     */
    private void turn() throws IOException {
        // Rounded up: a wait of 0 ms would be one without end.
        selector.select(this::onReadable, Math.max(1, (nextNanos - System.nanoTime() + 999_999) / 1_000_000));
        long now = System.nanoTime();
        if (now - nextNanos < 0) return;
        for (var entry : often) entry.look(now);
        if (now - nextSeldomNanos >= 0) {
            for (var entry : seldom) entry.look(now);
            nextSeldomNanos = now + SELDOM.toNanos();
        }
        nextNanos = System.nanoTime() + lookNanos;
    }

    private void onReadable(SelectionKey key) {
        if (key.attachment() instanceof Entry entry) entry.readable(key);
    }

    private final class Entry implements Watch {
        private final Optional<SocketChannel> connection;
        private final long everyNanos;
        private final Watched watched;
        private volatile @Nullable SelectionKey key;
        private volatile boolean over;
        // Of the watch's thread alone.
        private boolean seen;
        private boolean settled;
        private long dueNanos;

        Entry(Optional<SocketChannel> connection, long everyNanos, Watched watched) {
            this.connection = connection;
            this.everyNanos = everyNanos;
            this.watched = watched;
        }

        /** Most requests are over before the second look, and cost no system call. */
        void look(long nowNanos) {
            if (!seen) {
                seen = true;
                dueNanos = nowNanos;
            } else if (!settled || isLost()) {
                settle();
            }
            if (nowNanos - dueNanos < 0) return;
            dueNanos = nowNanos + everyNanos;
            call(watched::tick);
        }

        /** Whether the request before on the connection, which had the same key, has cancelled it since. */
        private boolean isLost() {
            var registered = key;
            return registered != null && !registered.isValid();
        }

        private void settle() {
            settled = false;
            if (isLost()) key = null;
            try {
                if (connection.isPresent()) listen(connection.get());
                settled = true;
                if (everyNanos >= SELDOM.toNanos()) move(often, seldom);
            } catch (ClosedChannelException | CancelledKeyException e) {
                // Closed, which others tell the request; or still to be forgotten for the request before: the next
                // look tries again.
                LOG.debug("a connection cannot be watched now", e);
            }
            if (over) close();
        }

        private void listen(SocketChannel channel) throws ClosedChannelException {
            var registered = key;
            if (registered == null) key = channel.register(selector, SelectionKey.OP_READ, this);
            else registered.interestOps(SelectionKey.OP_READ);
        }

        /** Whoever closes it meanwhile may miss it in either: see {@link #over}. */
        private void move(Set<Entry> from, Set<Entry> to) {
            to.add(this);
            from.remove(this);
        }

        /** The end of input stays readable: one report a look is enough. */
        void readable(SelectionKey key) {
            try {
                key.interestOps(0);
            } catch (CancelledKeyException e) {
                LOG.debug("the request ended while its connection became readable", e);
                return;
            }
            settled = false;
            move(seldom, often);
            if (isAtEnd()) call(watched::inputEnded);
            if (over) close();
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
            over = true;
            often.remove(this);
            seldom.remove(this);
            var registered = key;
            if (registered != null) registered.cancel();
        }
    }
}
