package dev.nacelle.frontend.pipeline;

import dev.nacelle.spi.error.EngineError;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The replies that are under way, so that all of them can be cut when the host stops. From any thread. */
final class Running {
    private final Set<Reply> replies = ConcurrentHashMap.newKeySet();
    private volatile @Nullable EngineError cut;

    /** Adds a reply until the returned is released. */
    RequestLife.Held add(Reply reply) {
        replies.add(reply);
        return () -> replies.remove(reply);
    }

    /** Cuts a reply that was added while everything was being cut. */
    void check(Reply reply) {
        var error = cut;
        if (error != null) reply.cut(error);
    }

    void cutAll(EngineError error) {
        cut = error;
        replies.forEach(reply -> reply.cut(error));
    }
}
