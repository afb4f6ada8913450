package dev.nacelle.frontend.router;

import dev.nacelle.runtime.kv.KvEvent;
import dev.nacelle.runtime.kv.RankId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The router's thread: takes the ranks' events, in order, into the indexes, and serves who waits. Engines never wait for
 * it: what does not fit into its queue is missed, and the rank is built anew later.
 */
final class RouterThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouterThread.class);

    private static final int NEWS_MAX = 1 << 16;
    /** How often to look after those who wait: they are turned away when it is time. */
    private static final long WAITING_TICK_MILLIS = 100;

    private static final Duration END_MAX = Duration.ofSeconds(5);

    /** What there is to do. */
    interface Work {
        void cacheChanged(RankId rank, long number, KvEvent event);

        void rebuild(RankId rank);

        /** Looks after those who wait. @return whether somebody goes on waiting */
        boolean serve();
    }

    private sealed interface News {
        record Changed(RankId rank, long number, KvEvent event) implements News {}

        record Missed(RankId rank) implements News {}

        record Knock() implements News {}
    }

    private static final News KNOCK = new News.Knock();

    private final Work work;
    private final BlockingQueue<News> news = new ArrayBlockingQueue<>(NEWS_MAX);
    private final Set<RankId> missed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean knocked = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean closed;

    RouterThread(Work work) {
        this.work = work;
        thread = Thread.ofPlatform().daemon().name("router").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void cacheChanged(RankId rank, long number, KvEvent event) {
        if (!news.offer(new News.Changed(rank, number, event))) missed.add(rank);
    }

    /** Has a rank built anew. */
    void missed(RankId rank) {
        if (!news.offer(new News.Missed(rank))) missed.add(rank);
    }

    /** Has who waits looked after, soon. */
    void knock() {
        // A full queue is being worked on, and its end looks after them too.
        if (knocked.compareAndSet(false, true)) news.offer(KNOCK);
    }

    private void run() {
        boolean waiting = false;
        try {
            while (!closed) {
                var next = waiting ? news.poll(WAITING_TICK_MILLIS, TimeUnit.MILLISECONDS) : news.take();
                try {
                    take(next);
                    if (!news.isEmpty() && !(next instanceof News.Knock)) continue;
                    missed.removeIf(rank -> {
                        work.rebuild(rank);
                        return true;
                    });
                    knocked.set(false);
                    waiting = work.serve();
                } catch (RuntimeException | Error e) {
                    LOG.error("the router could not take {}", next, e);
                }
            }
        } catch (InterruptedException _) {
            LOG.debug("closed");
        }
    }

    private void take(@Nullable News next) {
        switch (next) {
            case null -> LOG.trace("nothing new");
            case News.Changed(var rank, long number, var event) -> work.cacheChanged(rank, number, event);
            case News.Missed(var rank) -> work.rebuild(rank);
            case News.Knock() -> LOG.trace("knock");
        }
    }

    /** Returns when the thread has ended, which takes one piece of work at most. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(END_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
