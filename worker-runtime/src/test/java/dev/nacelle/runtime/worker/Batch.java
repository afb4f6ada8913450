package dev.nacelle.runtime.worker;

import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.ResponseSink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Steps all streams on one thread, as schedulers of real engines do. */
final class Batch implements AutoCloseable {
    static final int LENGTH = 40;

    private final List<Stream> streams = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    Batch() {
        Thread.ofPlatform().daemon().name("batch").start(this::run);
    }

    void serve(GenerateContext context, ResponseSink sink) throws InterruptedException {
        var stream = new Stream(context, sink);
        streams.add(stream);
        stream.ended.await();
    }

    @Override
    public void close() {
        closed = true;
    }

    private void run() {
        while (!closed) {
            streams.removeIf(Stream::step);
            if (streams.isEmpty()) LockSupport.parkNanos(100_000);
        }
    }

    private static final class Stream {
        private final GenerateContext context;
        private final ResponseSink sink;
        private final CountDownLatch ended = new CountDownLatch(1);
        private int emitted;

        Stream(GenerateContext context, ResponseSink sink) {
            this.context = context;
            this.sink = sink;
        }

        /** @return whether the stream has ended */
        boolean step() {
            if (context.isCancelled()) sink.finish(FinishReason.CANCELLED);
            else if (emitted == LENGTH) sink.finish(FinishReason.LENGTH);
            else {
                sink.token(emitted++);
                return false;
            }
            ended.countDown();
            return true;
        }
    }
}
