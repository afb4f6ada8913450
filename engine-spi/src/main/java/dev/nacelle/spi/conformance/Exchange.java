package dev.nacelle.spi.conformance;

import dev.nacelle.spi.LLMEngine;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.FinishReason;
import dev.nacelle.spi.request.GenerateContext;
import dev.nacelle.spi.request.GenerateRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request to an engine, on a virtual thread of its own as in the host. */
final class Exchange implements GenerateContext {
    private final LLMEngine engine;
    private final GenerateRequest request;
    private final String id;
    private final Calls calls;
    private final Limits limits;
    private final Findings findings;
    private final Reader reader;
    private final Thread thread;
    private final CountDownLatch done = new CountDownLatch(1);
    private final Map<String, String> metadata = new ConcurrentHashMap<>();
    private final List<Runnable> cancelActions = new ArrayList<>(); // guarded by itself

    private volatile boolean cancelled;
    private volatile @Nullable Throwable thrown;

    /** How a stream ended. */
    sealed interface Ending {
        record Finished(FinishReason reason) implements Ending {}

        record Threw(Throwable thrown) implements Ending {}

        /** {@code generate} returned without a terminal, which {@link Rule#ONE_TERMINAL} has already said. */
        record Unfinished() implements Ending {}

        record Hangs(String where) implements Ending {}

        /** For a sentence. */
        default String shown() {
            return switch (this) {
                case Finished ended -> "ended as " + ended.reason().wireName();
                case Threw(EngineException e) -> "threw %s".formatted(e.error());
                case Threw(Throwable t) -> "threw " + Calls.text(t);
                case Unfinished _ -> "returned without a terminal";
                case Hangs(String where) -> where;
            };
        }

        /** What is wrong with it as the end of a request that should be answered; null when nothing is. */
        default @Nullable String trouble() {
            return switch (this) {
                case Finished ended ->
                    switch (ended.reason()) {
                        case STOP, LENGTH, CONTENT_FILTER, TOOL_CALLS -> null;
                        case CANCELLED, ERROR -> shown() + ", expected stop or length";
                    };
                case Unfinished _ -> null;
                case Threw _, Hangs _ -> shown();
            };
        }
    }

    Exchange(LLMEngine engine, GenerateRequest request, String id, Reader reader, Bench bench) {
        this.engine = engine;
        this.request = request;
        this.id = id;
        this.calls = bench.calls();
        this.limits = bench.limits();
        this.findings = bench.findings();
        this.reader = reader;
        this.thread = Thread.ofVirtual().name("nacelle-conformance-" + id).unstarted(this::run);
    }

    /** Begins the request. */
    Exchange begin() {
        thread.start();
        return this;
    }

    private void run() {
        var sink = new AssertingSink(reader, request, this, findings::violated);
        try {
            engine.generate(request, this, sink);
            sink.returned();
        } catch (Throwable t) { // errors too: an engine that cannot be linked is reported like any other
            thrown = t;
            sink.threw(t);
        } finally {
            done.countDown();
            reader.over();
        }
    }

    Reader reader() {
        return reader;
    }

    GenerateRequest request() {
        return request;
    }

    boolean isDone() {
        return done.getCount() == 0;
    }

    boolean awaitEnd(Duration limit) throws InterruptedException {
        return done.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits the limit for an answer out. */
    Ending ending() throws InterruptedException {
        if (!awaitEnd(limits.answer()))
            return new Ending.Hangs("had not ended within %s, after %d items; it was %s"
                    .formatted(Calls.text(limits.answer()), reader.items(), Calls.where(thread)));
        var failure = thrown;
        if (failure != null) return new Ending.Threw(failure);
        return reader.reason().<Ending>map(Ending.Finished::new).orElseGet(Ending.Unfinished::new);
    }

    /** Where {@code generate} is at the moment. */
    String where() {
        return Calls.where(thread);
    }

    /** The request is cancelled before the engine hears of it. Call before {@link #begin}. */
    Exchange alreadyCancelled() {
        cancelled = true;
        return this;
    }

    /** Cancels with all four signals, in the contract's order. */
    void cancel() throws InterruptedException {
        boolean running = !isDone();
        List<Runnable> actions;
        synchronized (cancelActions) {
            cancelled = true;
            actions = List.copyOf(cancelActions);
            cancelActions.clear();
        }
        reader.cancelled();
        var trouble = calls.trouble(limits.call(), () -> actions.forEach(Runnable::run));
        if (trouble != null) findings.failed(Rule.ABORT, "request %s: an onCancel action %s".formatted(id, trouble));
        if (!running) return;
        trouble = calls.trouble(limits.call(), () -> engine.abort(this));
        if (trouble == null) findings.passed(Rule.ABORT, "returned");
        else findings.failed(Rule.ABORT, "request %s: abort %s".formatted(id, trouble));
        thread.interrupt();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (cancelActions) {
            if (!cancelled) {
                cancelActions.add(action);
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
        return Map.of();
    }
}
