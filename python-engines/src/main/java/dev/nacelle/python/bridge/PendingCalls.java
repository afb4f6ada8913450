package dev.nacelle.python.bridge;

import dev.nacelle.spi.error.EngineException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Calls that Python has not answered. */
final class PendingCalls {
    private final Map<Long, CompletableFuture<Optional<Object>>> pending = new ConcurrentHashMap<>();

    /** A call about to be sent. */
    record Pending(long id, CompletableFuture<Optional<Object>> answer) {}

    Pending begin(long id) {
        var answer = new CompletableFuture<Optional<Object>>();
        pending.put(id, answer);
        return new Pending(id, answer);
    }

    /** Waits for the answer: JSON-like, or text. */
    @Nullable
    Object await(Pending call) throws EngineException, InterruptedException {
        try {
            return call.answer().get().orElse(null);
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
