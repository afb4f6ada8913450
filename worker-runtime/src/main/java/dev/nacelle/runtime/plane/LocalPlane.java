package dev.nacelle.runtime.plane;

import dev.nacelle.spi.error.EngineError;
import dev.nacelle.spi.error.EngineException;
import dev.nacelle.spi.request.GenerateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Workers and frontend in one process: a list of instances, and method calls. */
public final class LocalPlane implements Plane {
    private final Object changes = new Object();
    private final CopyOnWriteArrayList<Instance> instances = new CopyOnWriteArrayList<>();
    private final List<Directory.Listener> listeners = new ArrayList<>();

    @Override
    public Lease register(WorkerCard card, RequestHandler handler) {
        var instance = new LocalInstance(card, handler);
        // Listeners hear of changes under the lock: that is what orders them, and they are short by contract.
        synchronized (changes) {
            instances.add(instance);
            try {
                listeners.forEach(listener -> listener.joined(instance));
            } catch (RuntimeException | Error e) {
                withdraw(instance, e);
                throw e;
            }
        }
        return instance;
    }

    @Override
    public Directory directory() {
        return new LocalDirectory();
    }

    @Override
    public boolean isRemote() {
        return false;
    }

    @Override
    public void close() {
        for (var instance : List.copyOf(instances)) remove(instance);
    }

    /** After a listener failed: nobody holds the lease of this instance, so nobody else would take it out. */
    private void withdraw(Instance instance, Throwable why) {
        try {
            remove(instance);
        } catch (RuntimeException | Error e) {
            why.addSuppressed(e);
        }
    }

    private void remove(Instance instance) {
        synchronized (changes) {
            if (instances.remove(instance)) listeners.forEach(listener -> listener.left(instance));
        }
    }

    private final class LocalDirectory implements Directory {
        @Override
        public List<Instance> instances() {
            return List.copyOf(instances);
        }

        @Override
        public Watch watch(Listener listener) {
            synchronized (changes) {
                instances.forEach(listener::joined);
                listeners.add(listener);
            }
            return () -> {
                synchronized (changes) {
                    listeners.remove(listener);
                }
            };
        }
    }

    private final class LocalInstance implements Instance, Lease {
        private final WorkerCard card;
        private final RequestHandler handler;
        private volatile boolean ready;

        LocalInstance(WorkerCard card, RequestHandler handler) {
            this.card = card;
            this.handler = handler;
        }

        @Override
        public WorkerCard card() {
            return card;
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void ready(boolean value) {
            ready = value;
        }

        @Override
        public InFlight dispatch(GenerateRequest request, RequestHead head, ResponseReceiver receiver)
                throws EngineException {
            if (!ready)
                throw new EngineException(new EngineError.WorkerUnavailable(
                        "worker %s is not ready; try again shortly".formatted(card.instanceHex())));
            return handler.handle(request, head, receiver);
        }

        @Override
        public void close() {
            ready = false;
            remove(this);
        }
    }
}
