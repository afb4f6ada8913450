package dev.nacelle.frontend.metrics;

import dev.nacelle.runtime.metrics.BoundCounter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, from entry to {@link #close}, which counts it out however it ended: as failed, unless it was marked ok
 * before. Each method may be called from any thread, {@link #tokens} by one at a time; all but that count once, however often
 * they are called, and not after the close. Of several outcomes the first one stands.
 */
public final class HttpRequestGuard implements AutoCloseable {
    private static final VarHandle MARKS;
    private static final VarHandle OUTCOME;
    private static final VarHandle TOKENS;

    static {
        try {
            var lookup = MethodHandles.lookup();
            MARKS = lookup.findVarHandle(HttpRequestGuard.class, "marks", int.class);
            OUTCOME = lookup.findVarHandle(HttpRequestGuard.class, "outcome", BoundCounter.class);
            TOKENS = lookup.findVarHandle(HttpRequestGuard.class, "tokens", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int CLOSED = 1;
    private static final int LEFT_QUEUE = 1 << 1;
    private static final int FIRST_TOKEN = 1 << 2;
    private static final int INPUT = 1 << 3;
    private static final int CACHED = 1 << 4;
    private static final int DISCONNECTED = 1 << 5;

    private final HttpServiceMetrics service;
    private final ModelMetrics model;
    private final Route route;
    private final long startNanos;

    private volatile int marks;

    /** The counter that {@link #close} increments. */
    private volatile @Nullable BoundCounter outcome;

    private volatile long tokens;

    private long lastTokensNanos;

    HttpRequestGuard(HttpServiceMetrics service, ModelMetrics model, Route route, long startNanos) {
        this.service = service;
        this.model = model;
        this.route = route;
        this.startNanos = startNanos;
        route.started.increment();
        model.active.add(1);
        model.queued.add(1);
    }

    /** Reads a little of what {@link #tokens} will read, so that the processor fetches it. @return anything that depends on it */
    public int touch() {
        return marks;
    }

    /** Tokens of the prompt. */
    public void inputTokens(int count) {
        if (isFirst(INPUT)) model.history.inputTokens.observe(count);
    }

    /** Tokens of the prompt that a prefix cache held. */
    public void cachedTokens(int count) {
        if (isFirst(CACHED)) model.history.cachedTokens.observe(count);
    }

    /** The response has begun, with a token or without. */
    public void firstResponse() {
        if (isFirst(LEFT_QUEUE)) model.queued.add(-1);
    }

    /** The first token is there; also the response's beginning. */
    public void firstToken() {
        firstToken(System.nanoTime());
    }

    /** Tokens of the response; those of the first call are its first. */
    public void tokens(int count) {
        tokens(count, System.nanoTime());
    }

    /**
     * Tokens of the response that came together: they share the time since those before them.
     *
     * @param nowNanos on {@link System#nanoTime}'s clock
     */
    public void tokens(int count, long nowNanos) {
        if (count <= 0 || (marks & CLOSED) != 0) return;
        model.history.outputTokens.add(count);
        var before = tokens;
        if (before == 0) {
            firstToken(nowNanos);
        } else {
            var each = seconds(nowNanos - lastTokensNanos) / count;
            for (var i = 0; i < count; i++) model.history.interTokenLatency.observe(each);
        }
        lastTokensNanos = nowNanos;
        TOKENS.setRelease(this, before + count);
    }

    /** Moved to another worker. Counts each time. */
    public void migrated(MigrationType type) {
        model.history.migrated(type);
    }

    /** The response is complete. */
    public void markOk() {
        end(route.success);
    }

    /** The request failed. */
    public void error(HttpErrorType type) {
        end(route.error(type));
    }

    /** The caller gave the request up. */
    public void cancelled() {
        if (end(route.error(HttpErrorType.CANCELLED))) route.cancellations.increment();
    }

    /** The client left before the response had ended. */
    public void disconnected() {
        cancelled();
        if (isFirst(DISCONNECTED)) service.clientDisconnected();
    }

    /** There was no capacity for the request. */
    public void rejected() {
        if (end(route.error(HttpErrorType.OVERLOAD))) route.rejections.increment();
    }

    /** Counts the request out. */
    @Override
    public void close() {
        var before = mark(CLOSED | LEFT_QUEUE);
        if ((before & CLOSED) != 0) return;
        if ((before & LEFT_QUEUE) == 0) model.queued.add(-1);
        model.active.add(-1);
        end(route.error(HttpErrorType.INTERNAL)); // stands only when nobody said how it ended
        var history = model.history;
        var took = seconds(System.nanoTime() - startNanos);
        history.duration.observe(took);
        var legacyDuration = history.legacyDuration;
        if (legacyDuration != null) legacyDuration.observe(took);
        var ended = outcome;
        if (ended == null) return; // cannot be: it was set above
        route.ended(ended);
        if (ended == route.success || tokens > 0) history.outputSequence.observe((double) tokens);
    }

    private void firstToken(long nowNanos) {
        if (!isFirst(FIRST_TOKEN)) return;
        firstResponse();
        model.history.timeToFirstToken.observe(seconds(nowNanos - startNanos));
    }

    private boolean end(BoundCounter counter) {
        return OUTCOME.compareAndSet(this, null, counter);
    }

    private boolean isFirst(int mark) {
        return (mark(mark) & (mark | CLOSED)) == 0;
    }

    private int mark(int mark) {
        return (int) MARKS.getAndBitwiseOr(this, mark);
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
