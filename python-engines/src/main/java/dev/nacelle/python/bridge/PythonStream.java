package dev.nacelle.python.bridge;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.ResponseSink;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One running request. The dispatcher feeds the sink for as long as its reader keeps up; when it does not, Python is told
 * to pause, what still comes is kept, and the request's own thread hands it over as the reader catches up. So the sink
 * is called by one thread at a time, and what is kept is no more than was under way.
 */
final class PythonStream {
    private final ResponseSink sink;
    private final GenerateContext context;
    private final Consumer<ToPython> tell;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Queue<Runnable> kept = new ArrayDeque<>(); // guarded by lock
    /** Changed under the lock: to true by the dispatcher, to false by the request's thread. */
    private volatile boolean held;

    private volatile @Nullable EngineException failure;
    private volatile boolean ended;
    private boolean done; // guarded by lock

    /** @param tell sends a frame of this stream's */
    PythonStream(ResponseSink sink, GenerateContext context, Consumer<ToPython> tell) {
        this.sink = sink;
        this.context = context;
        this.tell = tell;
    }

    /** Takes a TOKENS frame's payload; on the dispatcher, as all that follows but {@link #follow}. */
    void tokens(FrameReader frame) {
        int count = frame.remaining() / Integer.BYTES;
        if (held) {
            int[] ids = frame.i32s(count);
            deliver(() -> {
                for (int id : ids) sink.token(id);
            });
        } else {
            for (int i = 0; i < count; i++) sink.token(frame.i32());
            if (!sink.isWritable()) hold();
        }
    }

    void chunk(Map<String, @Nullable Object> said) {
        if (said.get("metadata") instanceof Map<?, ?> metadata)
            metadata.forEach((key, value) -> context.metadata().put(String.valueOf(key), String.valueOf(value)));
        else deliver(() -> sink.emit(Chunks.chunk(said)));
    }

    void end(Map<String, @Nullable Object> said) {
        deliver(() -> {
            try {
                ended = true;
                Chunks.finish(said, sink);
            } catch (EngineException e) {
                fail(e);
            }
        });
    }

    void firstToken() {
        context.notifyFirstToken();
    }

    /** What the request fails with once the generator has finished; the first failure stands. */
    void fail(EngineException with) {
        if (failure == null) failure = with;
    }

    /** The generator has finished, or will never. */
    void done() {
        lock.lock();
        try {
            done = true;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the generator has finished; on the request's thread. An interrupt does not end the wait: Python has been
     * told of the cancellation that it means, and the request holds what it holds until the engine lets go.
     */
    void follow() throws EngineException, InterruptedException {
        boolean interrupted = false;
        while (true) {
            interrupted |= awaitNews(interrupted);
            if (!held) break;
            try {
                if (!interrupted) sink.awaitWritable();
            } catch (InterruptedException _) {
                interrupted = true;
            }
            interrupted |= Thread.interrupted();
            handOver(interrupted || context.isCancelled());
        }
        var failed = failure;
        if (failed != null) throw failed;
        if (interrupted && !ended) throw new InterruptedException();
    }

    private void deliver(Runnable item) {
        if (held && keep(item)) return;
        run(item);
        if (!sink.isWritable()) hold();
    }

    private boolean keep(Runnable item) {
        lock.lock();
        try {
            return held && kept.add(item);
        } finally {
            lock.unlock();
        }
    }

    private void hold() {
        tell.accept(ToPython.PAUSE);
        lock.lock();
        try {
            held = true;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /** @return whether the wait was interrupted */
    private boolean awaitNews(boolean through) {
        lock.lock();
        try {
            boolean interrupted = false;
            while (!done && !held) {
                if (through || interrupted) news.awaitUninterruptibly();
                else
                    try {
                        news.await();
                    } catch (InterruptedException _) {
                        interrupted = true;
                    }
            }
            return interrupted;
        } finally {
            lock.unlock();
        }
    }

    /** @param all whether the reader is not asked any more, as the request was given up */
    private void handOver(boolean all) {
        boolean resumes = false;
        lock.lock();
        try {
            while (!kept.isEmpty() && (all || sink.isWritable())) run(kept.remove());
            if (kept.isEmpty() && (all || sink.isWritable())) {
                held = false;
                resumes = !done;
            }
        } finally {
            lock.unlock();
        }
        if (resumes) tell.accept(ToPython.RESUME);
    }

    /** What the engine sends in a shape that it should not have fails its own request, and ends it. */
    private void run(Runnable item) {
        try {
            item.run();
        } catch (RuntimeException e) {
            fail(new EngineException(
                    new EngineError.Unknown("the engine sent what cannot be read: " + e.getMessage()), e));
            tell.accept(ToPython.CANCEL);
        }
    }
}
