package dev.nacelle.dynamo.net;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that everybody's requests depend on. Work that fails is logged, shown, and gone on with: at once, and when that
 * fails too, once a second. From any thread.
 */
final class PlaneThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlaneThread.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** What may fail. */
    interface Step {
        void run() throws IOException;
    }

    private final Step work;
    private final Step mend;
    private final Thread thread;
    private final Object pausing = new Object();
    private boolean closed; // guarded by pausing
    private volatile ThreadHealth health = ThreadHealth.WELL;

    /**
     * @param work returns when the thread is not needed any more
     * @param mend makes good what a failure may have broken, before the work is gone on with
     */
    PlaneThread(String name, Step work, Step mend) {
        this.work = work;
        this.mend = mend;
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    ThreadHealth health() {
        return health;
    }

    /** Waits until the work has returned, which its owner has to see to; one that fails then is not gone on with. */
    @Override
    public void close() {
        synchronized (pausing) {
            closed = true;
            pausing.notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            long begun = System.nanoTime();
            try {
                if (!health.works()) {
                    mend.run();
                    health = health.mended();
                    LOG.info("thread {} works again", thread.getName());
                }
                work.run();
                return;
            } catch (IOException | RuntimeException | Error e) {
                // Once, not each second.
                if (health.works()) LOG.error("thread {} failed", thread.getName(), e);
                health = health.failed(e);
                if (!pause(begun)) return;
            }
        }
    }

    /** Waits until a second has gone by since then. @return false when the thread is not needed any more */
    private boolean pause(long since) {
        synchronized (pausing) {
            try {
                for (long left; !closed && (left = PAUSE.toNanos() - (System.nanoTime() - since)) > 0; )
                    TimeUnit.NANOSECONDS.timedWait(pausing, left);
            } catch (InterruptedException _) {
                // Nobody's: the thread has no owner but this object, which would have closed it.
            }
            return !closed;
        }
    }
}
