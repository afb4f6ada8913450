package dev.nacelle.examples.simulated;

import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request on a thread of its own, and a reader that takes {@code capacity} tokens and then waits for more leave. */
final class Exchange implements GenerateContext, ResponseSink {
    final List<Integer> tokens = new CopyOnWriteArrayList<>();
    volatile int capacity = 1_000_000;
    volatile Map<String, Object> handoff = Map.of();
    private volatile boolean cancelled;
    private volatile @Nullable FinishReason reason;
    private volatile @Nullable Usage usage;
    private final List<Runnable> onCancel = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private final FutureTask<@Nullable Void> task;

    Exchange(LLMEngine engine, GenerateRequest request) {
        this.task = new FutureTask<@Nullable Void>(() -> {
            engine.generate(request, this, this);
            return null;
        });
        this.thread = Thread.ofVirtual().unstarted(task);
    }

    Exchange start() {
        thread.start();
        return this;
    }

    /** Waits for the stream's end. */
    Exchange end() throws Exception {
        task.get(20, TimeUnit.SECONDS);
        return this;
    }

    /** Waits for the error that ends it. */
    EngineError failure() throws Exception {
        try {
            task.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException failed) return failed.error();
            throw e;
        }
        throw new AssertionError("ended as %s, expected a typed error".formatted(reason));
    }

    Exchange awaitTokens(int count) {
        Await.until(() -> tokens.size() >= count || task.isDone());
        if (tokens.size() < count) throw new AssertionError("ended with %d tokens".formatted(tokens.size()));
        return this;
    }

    void cancel() {
        cancelled = true;
        onCancel.forEach(Runnable::run);
        thread.interrupt();
    }

    FinishReason reason() {
        var found = reason;
        if (found == null) throw new AssertionError("not finished");
        return found;
    }

    Usage usage() {
        var found = usage;
        if (found == null) throw new AssertionError("not finished");
        return found;
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
        handoff = chunk.handoff();
        chunk.tokens().stream().forEach(this::token);
    }

    @Override
    public void finish(FinishReason why, Usage used) {
        usage = used;
        finish(why);
    }

    @Override
    public void finish(FinishReason why) {
        reason = why;
    }

    @Override
    public boolean isWritable() {
        return tokens.size() < capacity;
    }

    @Override
    public void awaitWritable() {
        throw new UnsupportedOperationException("the simulation has one thread, and must not block it");
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
    public void onCancel(Runnable action) {
        onCancel.add(action);
    }

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
