package dev.nacelle.benchmarks.python;

import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** A reader that is always there and only counts. Each request has its own. */
final class CountingSink implements ResponseSink, GenerateContext {
    private final CountDownLatch first = new CountDownLatch(1);
    private final AtomicReference<Runnable> onCancel = new AtomicReference<>(CountingSink::nothing);
    private volatile boolean cancelled;
    private int tokens; // by one thread at a time

    private static void nothing() {}

    int tokens() {
        return tokens;
    }

    void awaitFirst() throws InterruptedException {
        first.await();
    }

    void cancel() {
        cancelled = true;
        onCancel.getAndSet(CountingSink::nothing).run();
    }

    @Override
    public void token(int id) {
        if (tokens++ == 0) first.countDown();
    }

    @Override
    public void emit(Chunk chunk) {
        tokens += chunk.tokens().size();
    }

    @Override
    public void finish(FinishReason reason, Usage usage) {}

    @Override
    public void finish(FinishReason reason) {}

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void awaitWritable() {}

    @Override
    public String id() {
        return "bench";
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        onCancel.set(action);
        if (cancelled) onCancel.getAndSet(CountingSink::nothing).run();
    }

    @Override
    public void notifyFirstToken() {}

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public Map<String, String> traceHeaders() {
        return Map.of();
    }
}
