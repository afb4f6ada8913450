package dev.nacelle.dynamo;

import dev.nacelle.runtime.plane.Lease;
import java.util.concurrent.atomic.AtomicBoolean;

/** An instance in the deployment: published while it is ready, gone when closed. */
final class DynamoLease implements Lease {
    private final Publication publication;
    private final Lease local;
    private final AutoCloseables rest;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Begins as not ready.
     *
     * @param local the same instance for a frontend of this process
     * @param rest what ends with the lease
     */
    DynamoLease(Publication publication, Lease local, AutoCloseables rest) {
        this.publication = publication;
        this.local = local;
        this.rest = rest;
        publication.start();
    }

    @Override
    public void ready(boolean ready) {
        local.ready(ready);
        publication.wanted(ready && !closed.get());
    }

    /** Returns when frontends cannot find the instance any more. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        local.close();
        publication.close();
        rest.close();
    }
}
