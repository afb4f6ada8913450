package dev.nacelle.python.graalpy.guest;

import dev.nacelle.python.bridge.Transport.Receiver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What comes from Python, on its way to the receiver: by a thread of its own, as waking those who wait for it costs more
 * than the event loop's thread should spend.
 */
final class Outbox {
    private static final Logger LOG = System.getLogger(Outbox.class.getName());
    /** Batches; beyond them the event loop waits, without the GIL. */
    private static final int BATCHES_MAX = 1024;

    /** Comes after the last batch; no other is empty. */
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> batches = new ArrayBlockingQueue<>(BATCHES_MAX);
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile String endReason = "";
    private volatile boolean over;
    private final Thread thread;

    Outbox(String name, Receiver receiver) {
        thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> deliver(receiver));
    }

    void start() {
        thread.start();
    }

    /** Blocks while the queue is full, also through interrupts: a batch that is lost would break the streams in it. */
    void put(byte[] frames) {
        boolean interrupted = false;
        while (!over) {
            try {
                batches.put(frames);
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /** What is put after it is dropped; further calls do nothing. */
    void end(String reason) {
        if (!ending.compareAndSet(false, true)) return;
        endReason = reason;
        put(END);
    }

    private void deliver(Receiver receiver) {
        for (var frames = next(); frames.length > 0; frames = next()) {
            try {
                receiver.frames(frames, frames.length);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "frames from Python were not taken", e);
            }
        }
        over = true;
        batches.clear(); // those who wait for room need not
        receiver.ended(endReason);
    }

    private byte[] next() {
        while (true) {
            try {
                return batches.take();
            } catch (InterruptedException e) {
                LOG.log(
                        Level.WARNING,
                        "the thread that delivers what comes from Python was interrupted; it goes on",
                        e);
            }
        }
    }
}
