package dev.nacelle.examples.echo;

import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.Embedding;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request on a thread of its own, and a reader that takes {@code capacity} tokens and then waits for more leave. */
final class Exchange implements GenerateContext, ResponseSink {
    final List<Integer> tokens = new CopyOnWriteArrayList<>();
    volatile int capacity;
    volatile boolean cancelled;
    /** What the caller does once it has its answer, before the engine has its thread back. */
    volatile Runnable atEnd = () -> {};

    volatile @Nullable FinishReason reason;
    volatile @Nullable Usage usage;
    volatile Embedding embedding = Embedding.of();
    private final Thread thread;
    private final FutureTask<@Nullable Void> task;

    Exchange(LLMEngine engine, GenerateRequest request, int capacity) {
        this.capacity = capacity;
        this.task = new FutureTask<@Nullable Void>(() -> {
            engine.generate(request, this, this);
            return null;
        });
        this.thread = Thread.ofVirtual().start(task);
    }

    /** Waits for the stream's end. */
    Exchange end() throws Exception {
        task.get(20, TimeUnit.SECONDS);
        return this;
    }

    void cancel() {
        cancelled = true;
        thread.interrupt();
    }

    boolean isRunning() {
        return !task.isDone();
    }

    @Override
    public void token(int id) {
        tokens.add(id);
    }

    @Override
    public void emit(Chunk chunk) {
        chunk.tokens().stream().forEach(this::token);
        chunk.embedding().ifPresent(vector -> embedding = vector);
    }

    @Override
    public void finish(FinishReason reason, Usage usage) {
        this.usage = usage;
        finish(reason);
    }

    @Override
    public void finish(FinishReason reason) {
        this.reason = reason;
        atEnd.run();
    }

    @Override
    public boolean isWritable() {
        return tokens.size() < capacity;
    }

    @Override
    public void awaitWritable() throws InterruptedException {
        if (Thread.currentThread().getName().equals("echo-scheduler"))
            throw new UnsupportedOperationException("paced streams share one thread, and must not block it");
        while (!isWritable()) Thread.sleep(1);
    }

    @Override
    public String id() {
        return "exchange";
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {}

    @Override
    public void notifyFirstToken() {}

    @Override
    public Map<String, String> metadata() {
        return new ConcurrentHashMap<>();
    }

    @Override
    public Map<String, String> traceHeaders() {
        return Map.of();
    }
}
