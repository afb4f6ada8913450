package dev.nacelle.python.bridge;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Calls that Python has not answered. */
final class PendingCalls {
    private final Map<Long, CompletableFuture<Optional<Object>>> pending = new ConcurrentHashMap<>();

    /** A call about to be sent. */
    record Pending(long id, String method, CompletableFuture<Optional<Object>> answer) {}

    Pending begin(long id, String method) {
        var answer = new CompletableFuture<Optional<Object>>();
        pending.put(id, answer);
        return new Pending(id, method, answer);
    }

    /**
     * Waits for the answer: JSON-like, or text.
     *
     * @throws EngineException what the call failed with; a {@code ResponseTimeout} when nothing came within the limit
     */
    @Nullable
    Object await(Pending call, Duration limit) throws EngineException, InterruptedException {
        try {
            return call.answer().get(limit.toNanos(), TimeUnit.NANOSECONDS).orElse(null);
        } catch (TimeoutException _) {
            throw new EngineException(new EngineError.ResponseTimeout(
                    "the engine did not answer the call '%s' within %d s: does something hold its event loop?"
                            .formatted(call.method(), limit.toSeconds())));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException failed) throw failed;
            throw new IllegalStateException(e.getCause());
        } finally {
            pending.remove(call.id());
        }
    }

    void answered(long id, @Nullable Object answer) {
        var call = pending.remove(id);
        if (call != null) call.complete(Optional.ofNullable(answer));
    }

    void failed(long id, EngineException with) {
        var call = pending.remove(id);
        if (call != null) call.completeExceptionally(with);
    }

    void failAll(EngineException with) {
        pending.keySet().forEach(id -> failed(id, with));
    }
}
