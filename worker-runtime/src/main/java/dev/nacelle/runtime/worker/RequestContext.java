package dev.nacelle.runtime.worker;

import dev.nacelle.runtime.plane.RequestHead;
import dev.nacelle.spi.request.GenerateContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an engine knows of a running request beside its content. */
final class RequestContext implements GenerateContext {
    private static final Logger LOG = LoggerFactory.getLogger(RequestContext.class);

    private final RequestHead head;
    private final ResponseStream stream;
    private final Object lock = new Object();
    private @Nullable List<Runnable> actions; // guarded by lock
    private @Nullable Map<String, String> metadata; // guarded by lock

    RequestContext(RequestHead head, ResponseStream stream) {
        this.head = head;
        this.stream = stream;
    }

    @Override
    public String id() {
        return head.id();
    }

    @Override
    public boolean isCancelled() {
        return stream.isGivenUp();
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (lock) {
            if (!isCancelled()) {
                if (actions == null) actions = new ArrayList<>(1);
                actions.add(action);
                return;
            }
        }
        run(action);
    }

    @Override
    public void notifyFirstToken() {
        stream.firstSeen();
    }

    @Override
    public Map<String, String> metadata() {
        synchronized (lock) {
            if (metadata == null) metadata = new ConcurrentHashMap<>(head.metadata());
            return metadata;
        }
    }

    @Override
    public Map<String, String> traceHeaders() {
        return head.traceHeaders();
    }

    /** Runs what was registered; called once, after {@link #isCancelled} turned true. */
    void runCancelActions() {
        List<Runnable> registered;
        synchronized (lock) {
            registered = actions == null ? List.of() : actions;
            actions = null;
        }
        registered.forEach(this::run);
    }

    private void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("request {}: an onCancel action of the engine failed", head.id(), e);
        }
    }
}
