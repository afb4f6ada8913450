package dev.nacelle.python;

import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.Chunk;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import dev.nacelle.spi.request.ResponseSink;
import dev.nacelle.spi.request.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** One request to an engine, made the way a host makes it: on a virtual thread, with a stream that keeps what it got. */
public final class Call implements GenerateContext, ResponseSink {
    private static final long PATIENCE_SECONDS = 60;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Map<String, String> metadata = new ConcurrentHashMap<>();
    private final List<Integer> tokens = new ArrayList<>();
    private final List<Chunk> chunks = new ArrayList<>();
    private final List<String> late = new ArrayList<>();
    private final Map<String, String> trace = new ConcurrentHashMap<>();
    private final List<Runnable> onCancel = new ArrayList<>();
    private final String id = "call-" + NUMBERS.incrementAndGet();
    private final FutureTask<Optional<EngineException>> running;
    private final Thread thread;
    private Optional<FinishReason> reason = Optional.empty();
    private Optional<Usage> usage = Optional.empty();
    private boolean cancelled;
    private int capacity;

    private Call(LLMEngine engine, GenerateRequest request, int capacity) {
        this.capacity = capacity;
        metadata.put("tenant", "a");
        trace.put("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        Callable<Optional<EngineException>> body = () -> {
            try {
                engine.generate(request, this, this);
                return Optional.empty();
            } catch (EngineException e) {
                return Optional.of(e);
            }
        };
        running = new FutureTask<>(body);
        thread = Thread.ofVirtual().unstarted(running);
    }

    /** A caller who reads everything at once. */
    static Call to(LLMEngine engine, GenerateRequest request) {
        return slow(engine, request, Integer.MAX_VALUE);
    }

    /** A caller who reads so many items, and no more before {@link #read}. */
    static Call slow(LLMEngine engine, GenerateRequest request, int capacity) {
        var call = new Call(engine, request, capacity);
        call.thread.start();
        return call;
    }

    /** Gives the request up. */
    void cancel() {
        List<Runnable> actions;
        synchronized (this) {
            cancelled = true;
            actions = List.copyOf(onCancel);
            notifyAll();
        }
        actions.forEach(Runnable::run);
        thread.interrupt();
    }

    /** Reads as many items as there come from now on. */
    synchronized void read() {
        capacity = Integer.MAX_VALUE;
        notifyAll();
    }

    boolean isDone() {
        return running.isDone();
    }

    /** Waits for the end of {@code generate}. The error it threw, if any. */
    Optional<EngineError> error() throws InterruptedException, ExecutionException, TimeoutException {
        return failure().map(EngineException::error);
    }

    /** The same with its cause. */
    Optional<EngineException> failure() throws InterruptedException, ExecutionException, TimeoutException {
        return running.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits for the end; how it ended. */
    FinishReason reason() throws InterruptedException, ExecutionException, TimeoutException {
        var failure = error();
        if (failure.isPresent()) throw new AssertionError("the request failed: " + failure.get());
        synchronized (this) {
            return reason.orElseThrow(() -> new AssertionError("generate returned without a terminal"));
        }
    }

    /** Waits for the end; all tokens. */
    List<Integer> tokens() throws InterruptedException, ExecutionException, TimeoutException {
        reason();
        return soFar();
    }

    synchronized List<Integer> soFar() {
        return List.copyOf(tokens);
    }

    /** The items that were more than tokens. */
    synchronized List<Chunk> chunks() {
        return List.copyOf(chunks);
    }

    /** Whatever came after the terminal. */
    synchronized List<String> late() {
        return List.copyOf(late);
    }

    synchronized Usage usage() {
        return usage.orElseThrow();
    }

    /** Waits until so many tokens have come. */
    void awaitTokens(int count) throws InterruptedException {
        await(() -> tokens.size() >= count);
    }

    private synchronized void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) throw new AssertionError("waited in vain; %d tokens came".formatted(tokens.size()));
            wait(left);
        }
    }

    @Override
    public synchronized void token(int token) {
        if (reason.isPresent()) late.add("token " + token);
        else tokens.add(token);
        notifyAll();
    }

    @Override
    public synchronized void emit(Chunk chunk) {
        chunk.tokens().stream().forEach(this::token);
        chunks.add(chunk);
    }

    @Override
    public synchronized void finish(FinishReason why, Usage consumed) {
        if (reason.isPresent()) throw new AssertionError("a second end");
        reason = Optional.of(why);
        usage = Optional.of(consumed);
    }

    @Override
    public synchronized void finish(FinishReason why) {
        if (reason.isPresent()) throw new AssertionError("a second end");
        reason = Optional.of(why);
        notifyAll();
    }

    @Override
    public synchronized boolean isWritable() {
        return tokens.size() < capacity;
    }

    @Override
    public void awaitWritable() throws InterruptedException {
        await(() -> isWritable() || cancelled);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                onCancel.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void notifyFirstToken() {}

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public Map<String, String> traceHeaders() {
        return trace;
    }
}
